/** A table of any size as a data set: nothing but an index of it stays in memory. */
import { own } from "../../collections.ts";
import { VrnnError } from "../../errors.ts";
import type { ByteFile } from "../byte-file.ts";
import {
  type Column,
  type ConditionColumn,
  SPLIT_NAMES,
  type SplitName,
  type TimeColumn,
} from "../dataset.ts";
import { isDerived } from "../derived/derived-column.ts";
import { type FieldDataset, splitSources, tableFields } from "../field-dataset.ts";
import type { Index, IndexEntry, SequenceSource, Span } from "../source.ts";
import { cutItems, placeNotes, type SplitPart, type SplitPlan, type Splittable } from "../split.ts";
import { missingNote } from "./cells.ts";
import { asked, checkNames, conditionNames, modelledNames } from "./chosen.ts";
import { planGiven, refuseSingleSteps, trainedRows } from "./dealing.ts";
import { unseenNote } from "./encode.ts";
import { fillNoteOf } from "./fill-values.ts";
import { requireSome, varies, withRoles } from "./infer.ts";
import { refuseSplits } from "./kinds.ts";
import { PartReader, TableReader } from "./part-reader.ts";
import type { Scan } from "./scan.ts";
import type { SchemaOptions } from "./schema.ts";
import { columnNotes, constantNote, rowNumberNote } from "./schema-notes.ts";
import { columnBy, refuseRange } from "./statistics.ts";
import type { Tally } from "./table-tally.ts";
import { chooseTime, timesOf } from "./time.ts";
import { writtenTime } from "./written-time.ts";

/** One pass over a file. @throws VrnnError `data/...` with the line, as the reader of small files does */
export type ScanFile = (file: ByteFile, options: SchemaOptions) => Promise<Scan>;

/**
 * A data set of a table that is read as it is needed. What is inferred is what is inferred of a small file
 * (`readDataset`), in one pass, with two differences: of a column of more than 64 different values only a decimal grid is found (0.25, not a third), and
 * means and deviations may differ in their last digits. After the pass an index is kept: some 48 bytes for every sequence, or
 * for every 256 steps of it, and the names.
 *
 * Closing all three splits closes the file.
 *
 * @throws VrnnError `data/...` with the line, `data/scale-steps` when sequences are to be scaled one by one
 */
export async function streamedDataset(
  file: ByteFile,
  scanFile: ScanFile,
  options: SchemaOptions = {},
): Promise<FieldDataset> {
  const scan = await scanChecked(file, scanFile, options);
  const { sequences, names, missingWords } = scan;
  const wanted = asked(options);
  const chosen = { ...options, modelled: wanted };
  const { time, course, leftOut, notes } = chooseTime(names, chosen, (name) => scan.lookAtTime(name));
  if (course !== undefined && course.falling > 0) throw newestFirst(scan.at(time!.name));
  const items = sequences.map((sequence) => ({ ...sequence, isTimed: time !== undefined }));
  const plan = planGiven(items, options, file.path);
  const { parts } = plan;
  const reader = new TableReader(file, scan);
  const when = time && (await whenIn(reader, time, { items, plan }));
  const rowNumbers = scan.rowNumbers.filter((name) => !wanted.has(name) && name !== time?.name);
  const { modelled, known } = await columnsOf(scan, reader, parts, {
    taken: [time?.name, ...leftOut, ...rowNumbers],
    options,
  });
  requireSome(modelled.columns, file.path, trainedRows(items, parts));
  const fields = tableFields({ columns: modelled.columns, conditions: known.columns });
  return {
    modality: { name: "table" },
    fields,
    splits: sourcesOf(new PartReader(reader, fields, time), scan, parts),
    notes: [
      ...scan.notes,
      ...missingNote(missingWords),
      ...rowNumbers.map(rowNumberNote),
      ...notes,
      ...plan.notes,
      ...placeNotes(items, plan, when),
      ...columnNotes(modelled, known, options),
    ],
    ...(time && { time }),
  };
}

/** The first pass over the file. @throws VrnnError `data/...` for options that do not fit it */
async function scanChecked(file: ByteFile, scanFile: ScanFile, options: SchemaOptions): Promise<Scan> {
  if (options.scaleSteps !== undefined) throw unscaledStream(file.path);
  refuseDerived(options, file.path);
  const scan = await scanFile(file, options);
  checkNames(scan.names, options, file.path);
  if (options.label !== undefined) throw noLabels(file.path);
  if (options.columns === undefined) refuseSingleSteps(scan.sequences, file.path);
  return scan;
}

/** What is made of whole sequences is not made of data that are never in memory as a whole. */
function refuseDerived(
  { calendar = [], holidays = [], conditions = [], every }: SchemaOptions,
  at: string,
): void {
  if (every !== undefined)
    throw new VrnnError("data/every", "even steps are not made of data that stream", {
      at,
      remedy: "leave it out, or read the file as a whole (readDataset)",
    });
  const isAsked = calendar.some((word) => word !== "none" && word !== "auto") || holidays.length > 0;
  if (!isAsked && !conditions.some(isDerived)) return;
  throw new VrnnError("data/calendar", "the calendar is not read of data that stream", {
    at,
    remedy: isAsked
      ? "leave it out, or read the file as a whole (readDataset)"
      : "give a part that fits into memory",
  });
}

const newestFirst = (at: string): VrnnError =>
  new VrnnError("data/time", "the time falls from step to step, and data that stream are not turned round", {
    at,
    remedy: "sort the file by time, or read it as a whole (readDataset)",
  });

const noLabels = (at: string): VrnnError =>
  new VrnnError("data/label", "labels are not read of data that stream", {
    at,
    remedy: "read the file as a whole (readDataset)",
  });

const unscaledStream = (at: string): VrnnError =>
  new VrnnError(
    "data/scale-steps",
    "what is read as it is needed is scaled by the columns' statistics alone",
    {
      at,
      remedy: "leave scaleSteps out, or read the file into memory with readDataset",
    },
  );
/** What tells when the steps were at which sequences are cut. */
async function whenIn(
  reader: TableReader,
  time: TimeColumn,
  { items, plan }: { readonly items: readonly Splittable[]; readonly plan: SplitPlan },
): Promise<(sequence: number, step: number) => string> {
  const told = new Map<string, string>();
  const cut = new Set(cutItems(items, plan.divided));
  for (const { index: i, start, end } of plan.divided.filter(({ index }) => cut.has(index))) {
    for (const step of [start, end - 1]) {
      for await (const { table, from } of reader.tables({ i, from: step, to: step + 1 }))
        told.set(`${i} ${step}`, String(writtenTime(timesOf(table, time)[from]!, time)));
    }
  }
  return (i, step) => told.get(`${i} ${step}`) ?? `step ${step + 1}`;
}

/** Columns, and what is to be told of them. */
interface Inferred<Kind extends Column = Column> {
  readonly columns: readonly Kind[];
  readonly notes: readonly string[];
}

/** Columns that a trained model knows. */
function readAs<Kind extends Column>({ unseen }: Scan, columns: readonly Kind[]): Inferred<Kind> {
  const notes = columns.flatMap(({ name }) => {
    const levels = unseen.get(name);
    return levels !== undefined && levels.size > 0 ? [unseenNote(name, levels)] : [];
  });
  return { columns, notes };
}

/**
 * The columns that are modelled, and those that are known: those of a trained model, or what the tallies of the pass say.
 * What of the training split stands in no tally is read again.
 */
async function columnsOf(
  scan: Scan,
  reader: TableReader,
  parts: readonly SplitPart[],
  { taken, options }: { readonly taken: readonly (string | undefined)[]; readonly options: SchemaOptions },
): Promise<{ readonly modelled: Inferred; readonly known: Inferred<ConditionColumn> }> {
  const { columns, conditions = [] } = options;
  if (columns !== undefined) return { modelled: readAs(scan, columns), known: readAs(scan, conditions) };
  const { all } = scan.tallies;
  const { tally: train, rest } = scan.tallies.training(parts);
  for (const span of rest) {
    for await (const { table, from, to } of reader.tables(span)) train.add(table, from, to);
  }
  const infer = (names: readonly string[]) =>
    varying(names.map((name) => inferColumn(name, { all, train, at: scan.at(name), options })));
  return {
    modelled: infer(modelledNames(scan.names, options, taken)),
    known: withRoles(infer(conditionNames(options)), options),
  };
}

interface Draft {
  readonly column: Column;
  readonly notes: readonly string[];
}

/** Columns without those that are constant in the training split. */
function varying(drafts: readonly Draft[]): Inferred {
  const kept = drafts.filter(({ column }) => varies(column));
  const constants = drafts.filter(({ column }) => !varies(column)).map(({ column }) => constantNote(column));
  return {
    columns: kept.map(({ column }) => column),
    notes: [...constants, ...kept.flatMap(({ notes }) => notes)],
  };
}

function inferColumn(
  name: string,
  {
    all,
    train,
    at,
    options,
  }: { readonly all: Tally; readonly train: Tally; readonly at: string; readonly options: SchemaOptions },
) {
  const kind = own(options.kinds, name) ?? all.column(name).kind(name);
  const tally = train.column(name);
  const levels = kind === "categorical" ? tally.sortedLevels : [];
  const summary =
    kind === "categorical" ? tally.levelSummary(levels, train.rows) : tally.numberSummary(train.rows);
  const column = columnBy({ name, kind, levels, resolution: own(options.resolution, name) }, summary);
  refuseRange(column, at);
  if (own(options.kinds, name) === undefined) refuseSplits(column, at);
  const known = new Set(levels);
  const unseen = new Map(
    [...all.column(name).levels].flatMap(([level, count]) =>
      known.has(String(level)) ? [] : [[String(level), count]],
    ),
  );
  const notes =
    kind === "categorical" && unseen.size > 0
      ? [unseenNote(name, unseen)]
      : fillNoteOf(column, train.rows, () => tally.extremes.fillValues);
  return { column, notes };
}

/** A source for each split: parts of sequences of the file. */
function sourcesOf(
  reader: PartReader,
  { sequences }: Scan,
  parts: readonly SplitPart[],
): FieldDataset["splits"] {
  const closeOf = closing(reader);
  return splitSources((split) => {
    const own = parts.filter((part) => part.split === split);
    const index = own.map(({ index: i, start, end }): IndexEntry => {
      const { name } = sequences[i]!;
      return start > 0 ? { name, length: end - start, offset: start } : { name, length: end };
    });
    return sourceOver(
      reader,
      index,
      Uint32Array.from(own, (part) => part.index),
      closeOf(split),
    );
  });
}

/** What closes a split: with the last one the file is closed. */
function closing(reader: PartReader): (split: SplitName) => () => Promise<void> {
  const open = new Set(SPLIT_NAMES);
  return (split) => async () => {
    if (open.delete(split) && open.size === 0) await reader.close();
  };
}

/** A source of some sequences of the file, which stand in it at `places`; it keeps nothing else alive. */
function sourceOver(
  reader: PartReader,
  index: Index,
  places: Uint32Array,
  close: () => Promise<void>,
): SequenceSource {
  const inFile = ({ i, from, to }: Span): Span => {
    const start = index[i]!.offset ?? 0;
    return { i: places[i]!, from: start + from, to: start + to };
  };
  return {
    index: () => Promise.resolve(index),
    open: (plan, signal) => reader.open(mapped(plan, inFile), signal),
    close,
  };
}

function* mapped<Item, Result>(items: Iterable<Item>, become: (item: Item) => Result): Generator<Result> {
  for (const item of items) yield become(item);
}
