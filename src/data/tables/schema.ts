import { own, paired, shuffled } from "../../collections.ts";
import { VrnnError } from "../../errors.ts";
import { Random } from "../../random/generator.ts";
import { counted } from "../../words/figures.ts";
import {
  type Column,
  type ColumnKind,
  type ConditionColumn,
  type Dataset,
  type Sequence,
  type SplitName,
  sliceSequence,
  type TimeColumn,
} from "../dataset.ts";
import type { FormatName } from "../format-names.ts";
import { scaleSeries } from "../series-units.ts";
import {
  checkShares,
  type Part,
  placeNotes,
  planSplit,
  type SplitPlan,
  type SplitShares,
  type Splittable,
} from "../split.ts";
import type { DateOrder, DecimalMark, HeaderAnswer, SplitWay } from "./answers.ts";
import { missingNote } from "./cells.ts";
import { type EncodedColumn, encodeColumn, interleave } from "./encode.ts";
import { fillNote } from "./fill-values.ts";
import { inferKinds, levelsOf } from "./kinds.ts";
import { type LabelOptions, readLabels, withLabels } from "./label.ts";
import { columnOf, refuseRange } from "./statistics.ts";
import { cellsAmong, groupBySequence, namesIn, requireColumn, sharedColumns, type Table } from "./table.ts";
import { type FoundTime, findTime, likelySequence, reversedTable } from "./time.ts";
import { writtenTime } from "./written-time.ts";

/** What may be said about the data instead of letting it be inferred. */
export interface SchemaOptions extends LabelOptions {
  /** The kind of columns, by name. */
  readonly kinds?: Readonly<Record<string, ColumnKind>> | undefined;
  /** Columns to leave out. */
  readonly drop?: readonly string[] | undefined;
  /** The only columns to model. */
  readonly only?: readonly string[] | undefined;
  /** The column that tells when each step was. */
  readonly time?: string | undefined;
  /** In which order day, month and year stand in dates; seen from the dates unless told. */
  readonly dates?: DateOrder | undefined;
  /** The column that tells which sequence a row belongs to. */
  readonly sequence?: string | undefined;
  /** Columns that are not modelled but known of a whole sequence, the same at each of its steps. */
  readonly statics?: readonly string[] | undefined;
  /** Columns that are not modelled but known of each step, and in advance. */
  readonly covariates?: readonly string[] | undefined;
  /** The shares of training, validation and test; 0.7, 0.15 and 0.15 unless told. */
  readonly split?: SplitShares | undefined;
  /**
   * Whether whole sequences are dealt out to the splits or each is cut by time, as it should be to forecast these same
   * sequences; seen from their number unless told.
   */
  readonly splitBy?: SplitWay | undefined;
  /** Deals whole sequences out to the splits in a random order of this seed; unless told 1 where there are labels, else in their order. */
  readonly shuffle?: number | undefined;
  /** The grid that real columns were recorded on, by name. */
  readonly resolution?: Readonly<Record<string, number>> | undefined;
  /** MIDI: the steps to a beat; 4 (sixteenth notes, where a beat is a quarter) unless told. */
  readonly grid?: number | undefined;
  /** Further words and numbers that mean "missing". */
  readonly missing?: readonly string[] | undefined;
  /** Words that do not, although they usually do: NA, None, - ... */
  readonly notMissing?: readonly string[] | undefined;
  /** What kind of file is read, whatever its name; by the end of the name unless told. */
  readonly format?: FormatName | undefined;
  /** CSV: what sets off decimals; seen from the numbers of a file unless told. */
  readonly decimal?: DecimalMark | undefined;
  /** CSV: whether the first row holds names; seen from the rows unless told. */
  readonly header?: HeaderAnswer | undefined;
  /** Keeps what stands in the columns that are not modelled too, as it was written: `Sequence.cells`. */
  readonly keepsCells?: boolean | undefined;
  /**
   * Scales each sequence by the mean and deviation of its own so many first steps (`data/series-units.ts`), in place of the
   * columns' statistics.
   */
  readonly scaleSteps?: number | undefined;
  /**
   * The columns of a data set read before (those of a trained model): nothing is inferred, columns beyond these are
   * left out, and `kinds`, `drop`, `only` and `resolution` have no say.
   */
  readonly columns?: readonly Column[] | undefined;
  /** What that model takes beside its columns. */
  readonly conditions?: readonly ConditionColumn[] | undefined;
}

/**
 * A data set from the tables of a file or folder: kinds, time, resolution, split and statistics are inferred where the
 * options leave them open, and decisions leave a note. Kinds look at all the data; levels, statistics and what counts
 * as constant at the training split alone.
 *
 * @param source The file or folder, for messages.
 * @throws VrnnError `data/...` with the place and the remedy.
 */
export function buildDataset(tables: readonly Table[], options: SchemaOptions, source: string): Dataset {
  const given = options.sequence === undefined ? tables : groupAll(tables, options.sequence);
  const names = sharedColumns(given);
  checkNames(names, options, source);
  if (options.columns === undefined) refuseSingleSteps(given.map(itemOf), source);
  const found = findTime(given, names, { ...options, modelled: asked(options) });
  const { time, leftOut } = found;
  const grouped = given.map((table, i) => (found.course?.isFalling(i) ? reversedTable(table) : table));
  const items = grouped.map((table) => ({ ...itemOf(table), isTimed: time !== undefined }));
  const rowNumbers = rowNumbersOf(tables, options).filter((name) => name !== time?.name);
  const plan = planGiven(items, { ...options, shuffle: shuffleOf(options) }, source);
  const parts = [...plan.parts].sort((a, b) => a.index - b.index || a.start - b.start);
  const infer = (wanted: readonly string[]) => varying(inferColumns(grouped, parts, wanted, options));
  const modelled = options.columns
    ? readAs(grouped, options.columns)
    : infer(modelledNames(names, options, [time?.name, ...leftOut, ...rowNumbers]));
  requireSome(modelled.columns, source, trainedRows(items, parts));
  const known = options.columns
    ? readAs(grouped, options.conditions ?? [])
    : withRoles(infer(conditionNames(options)), options);
  refuseChangingStatics(grouped, known);
  const labels = readLabels(grouped, parts, options);
  const read = withLabels(interleave(grouped, modelled.encoded, known.encoded, time), labels);
  const sequences = options.keepsCells ? withCells(read, grouped) : read;
  const decimal = decimalOf(tables);
  const data: Dataset = {
    columns: modelled.columns,
    ...(known.columns.length > 0 && { conditions: known.columns }),
    ...(labels && { label: labels.column }),
    splits: dealOut(sequences, parts),
    ...(options.columns && { unknown: unknownAmong(names, options, time?.name, rowNumbers) }),
    notes: [
      ...new Set(grouped.flatMap((table) => table.notes)),
      ...missingNote(missingWordsOf(tables)),
      ...rowNumbers.map(rowNumberNote),
      ...found.notes,
      ...sequenceNote(given, names, found, options),
      ...plan.notes,
      ...placeNotes(items, plan, time && whenIn(sequences, time)),
      ...known.columns.map(knownNote),
      ...modelled.notes,
      ...(options.columns === undefined ? modelled.columns.flatMap(labelLikeNote) : []),
      ...known.notes,
      ...(labels?.notes ?? []),
    ],
    ...(time && { time }),
    ...(decimal && { decimal }),
  };
  return scaleSeries(data, options.scaleSteps);
}

const itemOf = ({ rows, split, name }: Table): Splittable => ({ length: rows, split, name });

/** How many rows train, of all. */
export const trainedRows = (items: readonly Splittable[], parts: readonly Part[]) => ({
  rows: parts.reduce((sum, { split, start, end }) => sum + (split === "train" ? end - start : 0), 0),
  of: items.reduce((sum, { length }) => sum + length, 0),
});

/** What tells when a step was, as it is written. */
const whenIn =
  (sequences: readonly Sequence[], time: TimeColumn) =>
  (i: number, step: number): string =>
    String(writtenTime(sequences[i]!.times![step]!, time));

/** The sequences with all that their tables hold, as it was written. */
const withCells = (sequences: readonly Sequence[], tables: readonly Table[]): Sequence[] =>
  paired(sequences, tables).map(([sequence, { columns, written }]) => ({
    ...sequence,
    cells: new Map([...columns].map(([name, cells]) => [name, written?.get(name) ?? cells])),
  }));

/** The names that the columns of a trained model, and what else is asked for, do not take. */
function unknownAmong(
  names: readonly string[],
  options: SchemaOptions,
  time: string | undefined,
  rowNumbers: readonly string[],
): string[] {
  const taken = asked(options);
  return names.filter((name) => !taken.has(name) && name !== time && !rowNumbers.includes(name));
}

/** The mark of all tables that were read by one; undefined where they differ: each file speaks for itself. */
function decimalOf(tables: readonly Table[]): DecimalMark | undefined {
  const [first, ...others] = new Set(tables.flatMap(({ decimal }) => decimal ?? []));
  return others.length === 0 ? first : undefined;
}

/** Files are often sorted by class: sequences with labels are shuffled unless the options say how. */
const shuffleOf = ({ shuffle, label }: SchemaOptions): number | undefined =>
  shuffle ?? (label === undefined ? undefined : USUAL_SHUFFLE);

/** How often each word was read as missing in the files of some tables. */
function missingWordsOf(tables: readonly Table[]): Map<string, number> {
  const words = new Map<string, number>();
  for (const file of new Set(tables.map(({ missingWords }) => missingWords))) {
    for (const [word, count] of file ?? []) words.set(word, (words.get(word) ?? 0) + count);
  }
  return words;
}

/** What is told where a column begins the times of a table anew. */
function sequenceNote(
  tables: readonly Table[],
  names: readonly string[],
  { disordered }: FoundTime,
  { sequence }: SchemaOptions,
): string[] {
  const [table] = tables;
  if (sequence !== undefined || disordered === undefined || table === undefined) return [];
  const likely = likelySequence(table, disordered, names);
  if (likely === undefined) return [];
  return [
    `"${disordered.name}" begins anew with each "${likely}": did you mean the option sequence: "${likely}"?`,
  ];
}

/** What marks of anomalies are called in benchmarks. */
const LABEL_NAME =
  /^(?:is_?)?(?:anomaly|anomalies|anomalous|outliers?|labels?|attacks?|faults?|y_true|ground_?truth)$/i;

/** What is told of a column that looks like an answer rather than something measured. */
export function labelLikeNote({ name, kind }: Column): string[] {
  if (kind !== "binary" || !LABEL_NAME.test(name)) return [];
  return [
    `column "${name}" looks like a label and is modelled: leave it out with drop, or say label: "${name}"`,
  ];
}

/** Columns that number the rows of every table, unless the options ask for them. */
function rowNumbersOf(tables: readonly Table[], options: SchemaOptions): string[] {
  const wanted = asked(options);
  const isOne = (name: string) => tables.every(({ rowNumbers }) => rowNumbers?.includes(name));
  return (tables[0]?.rowNumbers ?? []).filter(
    (name) => isOne(name) && !wanted.has(name) && name !== options.sequence && name !== options.time,
  );
}

const rowNumberNote = (name: string): string =>
  `column "${name}" numbers the rows and is left out; to have it, name it in the option time or kinds`;

/** What is told of a condition. */
export const knownNote = ({ name, role }: ConditionColumn): string =>
  `column "${name}" is not modelled but known (${role})`;

/** Columns that are ready, their entries, and what is to be told of them. */
interface ReadColumns<Kind extends Column = Column> {
  readonly columns: readonly Kind[];
  readonly encoded: readonly EncodedColumn[];
  readonly notes: readonly string[];
}

/** Columns that a trained model knows. */
function readAs<Kind extends Column>(tables: readonly Table[], columns: readonly Kind[]): ReadColumns<Kind> {
  const encoded = columns.map((column) => encodeColumn(tables, column));
  return { columns, encoded, notes: encoded.flatMap(({ notes }) => notes) };
}

/** Columns without those that are constant in the training split. */
function varying(drafts: readonly Draft[]): ReadColumns {
  const kept = drafts.filter(({ column }) => varies(column));
  const constants = drafts.filter((draft) => !kept.includes(draft)).map(({ column }) => constantNote(column));
  return {
    columns: kept.map(({ column }) => column),
    encoded: kept.map(({ encoded }) => encoded),
    notes: [...constants, ...kept.flatMap(({ encoded }) => encoded.notes)],
  };
}

/** The columns that are known beside those that are modelled, statics first. */
export const conditionNames = ({ statics = [], covariates = [] }: SchemaOptions): string[] => [
  ...statics,
  ...covariates.filter((name) => !statics.includes(name)),
];

const withRoles = (read: ReadColumns, options: SchemaOptions): ReadColumns<ConditionColumn> => ({
  ...read,
  columns: read.columns.map((column) => withRole(column, options)),
});

/** A column with what it is known of. */
export const withRole = (column: Column, { statics = [] }: SchemaOptions): ConditionColumn => ({
  ...column,
  role: statics.includes(column.name) ? "static" : "covariate",
});

/** What is known of a whole sequence has one value in it, or none. */
function refuseChangingStatics(tables: readonly Table[], known: ReadColumns<ConditionColumn>): void {
  known.columns.forEach(({ name, role }, i) => {
    if (role !== "static") return;
    tables.forEach((table, t) => {
      const entries = known.encoded[i]!.values[t]!;
      const row = entries.findIndex((value) => !Object.is(value, entries[0]));
      if (row < 0) return;
      throw changingStatic(table.at(name, row));
    });
  });
}

/** The error for what is known of a whole sequence and changes in it. */
export const changingStatic = (at: string): VrnnError =>
  new VrnnError("data/static", "a column that is known of the whole sequence changes in it", {
    at,
    remedy: "give it as a covariate, or name the sequences with the option sequence",
  });

/** The seed by which labelled sequences are dealt out where none is told. */
export const USUAL_SHUFFLE = 1;

/**
 * The plan of the split with the shares of the options, of items in a random order where they give a seed for one.
 *
 * @throws VrnnError `data/no-training` when there is nothing to train on, nor columns of a trained model.
 */
export function planGiven(items: readonly Splittable[], options: SchemaOptions, source: string): SplitPlan {
  const plan = shuffledPlan(items, options);
  if (options.columns !== undefined || plan.parts.some(({ split }) => split === "train")) return plan;
  throw new VrnnError("data/no-training", "no sequence is left for the training split", {
    at: source,
    remedy: 'put sequences into "train", or give the option split a share for training',
  });
}

function shuffledPlan(items: readonly Splittable[], { split, splitBy, shuffle }: SchemaOptions): SplitPlan {
  const shares = split && checkShares(split);
  const isCut = splitBy === undefined ? items.length < 3 : splitBy === "time";
  // What is cut by time is so whatever the order.
  if (shuffle === undefined || isCut) return planSplit(items, shares, splitBy);
  const random = Random.stream(shuffle, "split");
  const order = shuffled([...items.keys()], (bound) => random.integer(bound));
  const { parts, divided, notes } = planSplit(
    order.map((i) => items[i]!),
    shares,
    splitBy,
  );
  const told = `sequences were put in a random order (seed ${shuffle}) before they were dealt out`;
  const placed = (own: readonly Part[]) => own.map((part) => ({ ...part, index: order[part.index]! }));
  return { parts: placed(parts), divided: placed(divided), notes: [...notes, told] };
}

function groupAll(tables: readonly Table[], column: string): Table[] {
  return tables.flatMap((table) => {
    requireColumn(column, table.columns.keys(), "sequence", table.file);
    return groupBySequence(table, column);
  });
}

/**
 * Checks that every column the options name exists.
 *
 * @throws VrnnError `data/unknown-column`, `data/resolution` for a grid below 0, or `data/schema` when a column of the model is not there.
 */
export function checkNames(names: readonly string[], options: SchemaOptions, source: string): void {
  const { kinds = {}, drop = [], only = [], time, resolution = {}, columns, sequence } = options;
  const { statics = [], covariates = [], conditions = [], label } = options;
  const wanted: Record<string, readonly string[]> = {
    kinds: Object.keys(kinds),
    drop: drop.filter((name) => name !== sequence),
    only,
    resolution: Object.keys(resolution),
    statics,
    covariates,
    label: label === undefined ? [] : [label],
  };
  if (time !== undefined) requireColumn(time, names, "time", source);
  for (const [option, list] of Object.entries(columns === undefined ? wanted : {})) {
    for (const name of list) requireColumn(name, names, option, source);
  }
  checkResolution(resolution, source);
  if (label !== undefined && [...statics, ...covariates].includes(label)) throw knownLabel(label, source);
  const absent = columns && [...columns, ...conditions].find(({ name }) => !names.includes(name));
  if (absent === undefined) return;
  throw new VrnnError("data/schema", `there is no column "${absent.name}", which the model needs`, {
    at: source,
    remedy: `the columns are ${names.join(", ")}`,
  });
}

/** Who knows the label beforehand tells it without a fault, and learns nothing. */
const knownLabel = (label: string, at: string): VrnnError =>
  new VrnnError("data/label", `the column "${label}" cannot be known and told`, {
    at,
    remedy: "name it in one of the options label, static and covariates",
  });

function checkResolution(resolution: Readonly<Record<string, number>>, source: string): void {
  const wrong = Object.entries(resolution).find(([, grid]) => !(grid >= 0 && Number.isFinite(grid)));
  if (!wrong) return;
  throw new VrnnError("data/resolution", `the option resolution gives "${wrong[0]}" a grid of ${wrong[1]}`, {
    at: source,
    remedy: "give the distance between two neighbouring values, or 0 for none",
  });
}

/** @throws VrnnError `data/single-row` */
export function refuseSingleSteps(items: readonly Splittable[], source: string): void {
  if (items.some(({ length }) => length > 1)) return;
  const isOne = items.length === 1;
  const what = isOne ? "there is a single row" : `each of the ${items.length} sequences has a single row`;
  throw new VrnnError("data/single-row", `${what}, a sequence needs two at least`, {
    at: source,
    remedy: isOne ? "give a longer recording" : "name longer sequences with the option sequence, or none",
  });
}

/** Columns that the options ask to be modelled, so none of them is the time. */
export function asked({
  kinds,
  drop,
  only,
  columns = [],
  conditions = [],
  ...rest
}: SchemaOptions): Set<string> {
  const trained = [...columns, ...conditions].map(({ name }) => name);
  return new Set([
    ...Object.keys(kinds ?? {}),
    ...(drop ?? []),
    ...(only ?? []),
    ...conditionNames(rest),
    ...(rest.label === undefined ? [] : [rest.label]),
    ...trained,
  ]);
}

/** The columns to model: those wanted, without what is dropped, known or taken for something else. */
export function modelledNames(
  names: readonly string[],
  { only, drop, time, label, ...options }: SchemaOptions,
  taken: readonly (string | undefined)[],
): string[] {
  const wanted = only?.filter((name) => name !== time) ?? names.filter((name) => !taken.includes(name));
  const known = conditionNames(options);
  return wanted.filter((name) => !drop?.includes(name) && !known.includes(name) && name !== label);
}

export const varies = (column: Column) => column.maximum > column.minimum;

export function constantNote({ name, kind, levels, minimum, missing }: Column): string {
  if (missing === 1) return `column "${name}" is left out: it has no value in the training split`;
  const value = kind === "categorical" ? `"${levels[minimum]}"` : minimum;
  return `column "${name}" is left out: it is constant in the training split (${value})`;
}

/**
 * Refuses a data set without columns.
 *
 * @param trained how many of the rows train
 * @throws VrnnError `data/no-column`
 */
export function requireSome(
  columns: readonly unknown[],
  source: string,
  trained?: { readonly rows: number; readonly of: number },
): void {
  if (columns.length > 0) return;
  const which = trained === undefined ? "" : `, which has ${trained.rows} of ${counted(trained.of, "row")}`;
  throw new VrnnError("data/no-column", "no column is left to model", {
    at: source,
    remedy: `give a column that varies in the training split${which}`,
  });
}

/** Deals parts of sequences out to their splits. */
export function dealOut(sequences: readonly Sequence[], parts: readonly Part[]): Dataset["splits"] {
  const of = (split: SplitName) =>
    parts
      .filter((part) => part.split === split)
      .map(({ index, start, end }) => sliceSequence(sequences[index]!, start, end));
  return { train: of("train"), valid: of("valid"), test: of("test") };
}

interface Draft {
  readonly column: Column;
  readonly encoded: EncodedColumn;
}

function inferColumns(
  tables: readonly Table[],
  parts: readonly Part[],
  names: readonly string[],
  options: SchemaOptions,
): Draft[] {
  const train = parts.filter(({ split }) => split === "train");
  const kinds = inferKinds(
    names.filter((name) => own(options.kinds, name) === undefined),
    tables,
  );
  return names.map((name) => {
    const kind = own(options.kinds, name) ?? kinds.get(name)!;
    const levels =
      kind === "categorical" ? levelsOf(cellsAmong(train, (index) => namesIn(tables[index]!, name))) : [];
    const coding = { name, kind, levels };
    const encoded = encodeColumn(tables, coding);
    const entries = joined(train.map((part) => encoded.values[part.index]!.subarray(part.start, part.end)));
    const column = columnOf({ ...coding, resolution: own(options.resolution, name) }, entries);
    refuseRange(column, tables[0]!.at(name));
    return { column, encoded: { ...encoded, notes: [...encoded.notes, ...fillNote(column, entries)] } };
  });
}

/** The entries of all parts, one after the other. */
function joined(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0]!;
  const entries = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    entries.set(part, start);
    start += part.length;
  }
  return entries;
}
