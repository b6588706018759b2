/** JSON Lines of any size as a data set: nothing but an index of it stays in memory. */
import { type ByteFile, linesIn } from "./byte-file.ts";
import { type CellReader, cellReader } from "./cells.ts";
import { type Column, type ConditionColumn, SPLIT_NAMES, type TimeColumn } from "./dataset.ts";
import { type Coding, cellEncoder, unseenNote } from "./encode.ts";
import { type FieldDataset, splitSources, type TableFields, tableFields } from "./field-dataset.ts";
import type { Fields } from "./fields.ts";
import { arraysTable, parseLine } from "./jsonl.ts";
import { type Scan, scanJsonLines, tableOfSteps } from "./jsonl-scan.ts";
import { onlyMissing } from "./kinds.ts";
import { readAhead } from "./read-ahead.ts";
import { Recent } from "./recent.ts";
import type { Run, Runs } from "./runs.ts";
import {
  asked,
  checkNames,
  conditionNames,
  constantNote,
  knownNote,
  modelledNames,
  planGiven,
  refuseSingleSteps,
  requireSome,
  type SchemaOptions,
  varies,
  withRole,
} from "./schema.ts";
import {
  cutPart,
  type Index,
  type IndexEntry,
  type MemorySequence,
  type Part,
  type SequenceSource,
  type Span,
} from "./source.ts";
import type { Part as SplitPart } from "./split.ts";
import { columnBy } from "./statistics.ts";
import type { Table } from "./table.ts";
import type { Tally } from "./table-tally.ts";
import { chooseTime, timesOf } from "./time.ts";

/**
 * A data set of JSON Lines that are read as they are needed. What is inferred is what is inferred of a small file
 * (`readDataset`), in one pass, with two differences: of grids only decimal ones are found (0.25, not a third), and means
 * and deviations may differ in their last digits. After the pass an index is kept: some 48 bytes for every sequence, or
 * for every 256 steps of it, and the names.
 *
 * Closing all three splits closes the file.
 *
 * @throws VrnnError `data/...` with the line
 * @example
 * const data = await jsonLinesDataset(file, { sequence: "machine" });
 * for await (const part of data.splits.train.open([{ i: 0, from: 0, to: 100 }])) part.values.x; // Float64Array(100 · D)
 */
export async function jsonLinesDataset(file: ByteFile, options: SchemaOptions = {}): Promise<FieldDataset> {
  const scan = await scanJsonLines(file, options);
  const { sequences, names } = scan;
  checkNames(names, options, file.path);
  if (options.columns === undefined)
    refuseSingleSteps(
      sequences.map(({ length }) => ({ rows: length })),
      file.path,
    );
  const chosen = { time: options.time, modelled: asked(options) };
  const { time, leftOut, notes } = chooseTime(names, chosen, (name) => scan.lookAtTime(name));
  const { parts, notes: splitNotes } = planGiven(sequences, options, file.path);
  const reader = new JsonLinesReader(file, scan, options);
  const { modelled, known } = await columnsOf(scan, reader, parts, {
    taken: [time?.name, ...leftOut],
    options,
  });
  requireSome(modelled.columns, file.path);
  const conditions =
    options.columns === undefined
      ? known.columns.map((column) => withRole(column, options))
      : (options.conditions ?? []);
  reader.prepare(modelled.columns, conditions, time);
  const all = [...notes, ...splitNotes, ...conditions.map(knownNote), ...modelled.notes, ...known.notes];
  return {
    modality: { name: "table" },
    fields: reader.fields,
    splits: sourcesOf(reader, scan, parts),
    notes: all,
    ...(time && { time }),
  };
}

/** Columns, and what is to be told of them. */
interface Inferred {
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
}

/** Columns that a trained model knows. */
function readAs({ unseen }: Scan, columns: readonly Column[]): Inferred {
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
  reader: JsonLinesReader,
  parts: readonly SplitPart[],
  { taken, options }: { readonly taken: readonly (string | undefined)[]; readonly options: SchemaOptions },
): Promise<{ readonly modelled: Inferred; readonly known: Inferred }> {
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
    known: infer(conditionNames(options)),
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
  const kind = options.kinds?.[name] ?? all.column(name).kind(name, at);
  const tally = train.column(name);
  if (tally.numbers + tally.texts === 0) throw onlyMissing(name, at, " in the training split");
  const levels = kind === "categorical" ? tally.sortedLevels : [];
  const summary =
    kind === "categorical" ? tally.levelSummary(levels, train.rows) : tally.numberSummary(train.rows);
  const column = columnBy({ name, kind, levels, resolution: options.resolution?.[name] }, summary);
  const known = new Set(levels);
  const unseen = new Map(
    [...all.column(name).levels].flatMap(([level, count]) =>
      known.has(String(level)) ? [] : [[String(level), count]],
    ),
  );
  return { column, notes: kind === "categorical" && unseen.size > 0 ? [unseenNote(name, unseen)] : [] };
}

/** Steps `from` (included) to `to` (not included) of a table. */
interface TablePart {
  readonly table: Table;
  readonly from: number;
  readonly to: number;
}

/** The most bytes of parsed lines that are kept, for windows of the same sequence that follow one another. */
const KEPT = 16 * 2 ** 20;
/** The most bytes of the file that are read ahead. */
const AHEAD = 4 * 2 ** 20;

/** Reads any steps of any sequence. */
class JsonLinesReader {
  /** The fields, once it is prepared. */
  fields: TableFields & Fields = tableFields({ columns: [] });
  private readonly file: ByteFile;
  private readonly runs: Runs;
  private readonly layout: Scan["layout"];
  private readonly options: SchemaOptions;
  private readonly cells: CellReader;
  private columns: readonly Encoder[] = [];
  private conditions: readonly Encoder[] = [];
  private time: TimeColumn | undefined;
  /** Whole sequences that stand in a line and were asked for in part. */
  private readonly recent = new Recent<MemorySequence>(KEPT);
  private users = SPLIT_NAMES.length;

  constructor(file: ByteFile, { runs, layout }: Scan, options: SchemaOptions) {
    this.file = file;
    this.runs = runs;
    this.layout = layout;
    this.options = options;
    this.cells = cellReader(options.missing);
  }

  /** Says what is to be read. */
  prepare(
    columns: readonly Column[],
    conditions: readonly ConditionColumn[],
    time: TimeColumn | undefined,
  ): void {
    this.fields = tableFields({ columns, conditions });
    this.columns = columns.map(encoderOf);
    this.conditions = conditions.map(encoderOf);
    this.time = time;
  }

  /** The parts of a plan, with a bounded number of bytes read ahead. */
  open(plan: Iterable<Span>, signal?: AbortSignal): AsyncIterable<Part> {
    const sizeOf = ({ i, from, to }: Span) =>
      this.runs.of(i, from, to).reduce((bytes, run) => bytes + run.bytes, 0);
    return readAhead(plan, (span) => this.part(span), { sizeOf, most: AHEAD, signal });
  }

  /** The tables that hold some steps, in their order, as they stand in the file. */
  async *tables({ i, from, to }: Span): AsyncGenerator<TablePart> {
    for (const run of this.runs.of(i, from, to)) {
      const bytes = await this.file.read(run.offset, run.bytes);
      const table = this.tableOf(bytes, run);
      yield { table, from: Math.max(0, from - run.row), to: Math.min(run.rows, to - run.row) };
    }
  }

  /** Closes the file when its last user is done. */
  async release(): Promise<void> {
    this.users -= 1;
    if (this.users === 0) await this.file.close();
  }

  private async part(span: Span): Promise<Part> {
    const { i, from, to } = span;
    const length = this.runs.length(i);
    if (this.layout === "steps" || (from === 0 && to === length)) return this.read(span);
    const known = this.recent.get(i);
    const whole = known ?? { name: "", ...(await this.read({ i, from: 0, to: length })) };
    if (known === undefined) this.recent.set(i, whole, bytesOf(whole));
    return cutPart(whole, this.fields, from, to);
  }

  private async read(span: Span): Promise<Part> {
    const length = span.to - span.from;
    const x = new Float64Array(length * this.columns.length); // [length, D]
    const condition = new Float64Array(length * this.conditions.length); // [length, C]
    const times = new Float64Array(this.time ? length : 0);
    let row = 0;
    for await (const { table, from, to } of this.tables(span)) {
      encodeRows(x, row, this.columns, { table, from, to });
      encodeRows(condition, row, this.conditions, { table, from, to });
      if (this.time) times.set(timesOf(table, this.time).subarray(from, to), row);
      row += to - from;
    }
    return {
      length,
      values: { x, ...(this.conditions.length > 0 && { condition }) },
      ...(this.time && { times }),
    };
  }

  private tableOf(bytes: Uint8Array, { offset, line }: Run): Table {
    const { path } = this.file;
    const lines = linesIn(bytes, { file: this.file, offset, number: line })
      .filter(({ text }) => text.trim() !== "")
      .map(({ text, number }) => ({ number, fields: parseLine(text, path, number) }));
    return this.layout === "arrays"
      ? arraysTable(lines[0]!, path, this.cells)
      : tableOfSteps(lines, path, this.options, this.cells);
  }
}

const bytesOf = ({ values, times }: Part): number =>
  Object.values(values).reduce((bytes, { byteLength }) => bytes + byteLength, times?.byteLength ?? 0);

interface Encoder {
  readonly name: string;
  readonly encode: ReturnType<typeof cellEncoder>;
}

/** What is unseen was told when the file was indexed. */
const encoderOf = (coding: Coding): Encoder => ({ name: coding.name, encode: cellEncoder(coding, () => {}) });

/** Writes steps of a table into `[length, columns]`, from a row on. */
function encodeRows(
  values: Float64Array,
  start: number,
  encoders: readonly Encoder[],
  { table, from, to }: TablePart,
): void {
  encoders.forEach(({ name, encode }, d) => {
    const cells = table.columns.get(name);
    let row = from;
    const at = () => table.at(name, row);
    for (; row < to; row++) {
      const value = cells === undefined ? Number.NaN : encode(cells[row]!, at);
      values[(start + row - from) * encoders.length + d] = value;
    }
  });
}

/** A source for each split: parts of sequences of the file. */
const sourcesOf = (
  reader: JsonLinesReader,
  { sequences }: Scan,
  parts: readonly SplitPart[],
): FieldDataset["splits"] =>
  splitSources((split) => {
    const own = parts.filter((part) => part.split === split);
    const index = own.map(({ index: i, start, end }): IndexEntry => {
      const { name } = sequences[i]!;
      return start > 0 ? { name, length: end - start, offset: start } : { name, length: end };
    });
    return sourceOver(
      reader,
      index,
      Uint32Array.from(own, (part) => part.index),
    );
  });

/** A source of some sequences of the file, which stand in it at `places`; it keeps nothing else alive. */
function sourceOver(reader: JsonLinesReader, index: Index, places: Uint32Array): SequenceSource {
  const inFile = ({ i, from, to }: Span): Span => {
    const start = index[i]!.offset ?? 0;
    return { i: places[i]!, from: start + from, to: start + to };
  };
  let isOpen = true;
  return {
    index: () => Promise.resolve(index),
    open: (plan, signal) => reader.open(mapped(plan, inFile), signal),
    close: async () => {
      if (isOpen) await reader.release();
      isOpen = false;
    },
  };
}

function* mapped<Item, Result>(items: Iterable<Item>, become: (item: Item) => Result): Generator<Result> {
  for (const item of items) yield become(item);
}
