/** Live data: one step a line. */
import { VrnnError } from "../errors.ts";
import { quoted } from "../legible.ts";
import type { Column } from "./dataset.ts";
import { LiveClock } from "./live-clock.ts";
import type { DateOrder, DecimalMark } from "./tables/answers.ts";
import { type Cell, type CellReader, cellReader } from "./tables/cells.ts";
import { sniffDelimiter } from "./tables/dialect.ts";
import { cellEncoder, respeltNote } from "./tables/encode.ts";
import { headerOf } from "./tables/header.ts";
import { cellOf, nameCellOf } from "./tables/json-columns.ts";
import { parseLine } from "./tables/jsonl.ts";
import { isAmbiguous, isVersionLike, marksOf, numeralOf, readByMark } from "./tables/numerals.ts";
import { fieldsOf, parseRows, type Row, refuseRagged } from "./tables/rows.ts";
import { finite } from "./tables/table.ts";
import { timeName } from "./tables/time-names.ts";

/** How a stream of steps may be written: a header and rows, or an object a line. */
export type LiveFormat = "csv" | "jsonl";

export interface LiveOptions {
  /** The columns to read, with what is known beside them (conditions) last. */
  readonly columns: readonly Column[];
  /** How the lines are written; seen from the first unless told. */
  readonly format?: LiveFormat | undefined;
  /** Words and numbers that stand for a missing value, beside the usual ones. */
  readonly missing?: readonly string[] | undefined;
  /** Words that do not, although they usually do. */
  readonly notMissing?: readonly string[] | undefined;
  /** What sets off decimals; unless told points do between commas, and elsewhere a number that may be another is refused. */
  readonly decimal?: DecimalMark | undefined;
  /** The column that told sequences apart in training. */
  readonly sequence?: string | undefined;
  /** The field that tells the time; one with a name such as `time` or `date` unless told. */
  readonly time?: string | undefined;
  /** In which order day, month and year stand in it. */
  readonly dates?: DateOrder | undefined;
  /** What the stream is called in messages. */
  readonly source: string;
  /** Told once of each thing that is left out: a field, a level. */
  readonly onNote: (note: string) => void;
}

/** One step as it came. */
export interface LiveStep {
  /** `[columns]`; NaN is missing, a level is its index. */
  readonly values: Float64Array;
  /** The columns whose level was never seen in training, by name: in `values` it is missing. */
  readonly unseen: readonly string[];
  /** As it was written, where there is one. */
  readonly time?: Cell;
  /** The same as a number: of a date in seconds since 1970; NaN where it cannot be read. */
  readonly moment?: number;
}

/** Reads the steps of a stream, line by line. */
export interface StepReader {
  /** Whether the first line was a header, and no step. */
  readonly isHeader: boolean;
  /**
   * @throws VrnnError `data/...` naming the line when it cannot be understood; the next one can be read all the same
   */
  read(text: string, line: number): LiveStep;
}

type Fields = ReadonlyMap<string, unknown>;

/** How lines become named fields. */
interface LineFormat {
  readonly isHeader: boolean;
  fieldsOf(text: string, line: number): Fields;
  /** A field of a column that holds no names. */
  readonly cellOf: (field: unknown, at: () => string) => Cell;
}

/**
 * Makes ready to read a stream that begins with a given line.
 *
 * @throws VrnnError `data/header` when the first line is a header with a name twice, or without any of the columns.
 * @example
 * const reader = openSteps("cpu,mode", 1, { columns, source: "stdin", onNote: console.warn });
 * reader.read("0.3,idle", 2).values; // [0.3, 0]
 */
export function openSteps(first: string, line: number, options: LiveOptions): StepReader {
  const format = options.format ?? (first.trimStart().startsWith("{") ? "jsonl" : "csv");
  const { isHeader, fieldsOf, cellOf } = FORMATS[format](first, line, options);
  const stepOf = stepBuilder(options, cellOf);
  return { isHeader, read: (text, number) => stepOf(fieldsOf(text, number), number) };
}

const FORMATS: Readonly<
  Record<LiveFormat, (first: string, line: number, options: LiveOptions) => LineFormat>
> = {
  jsonl: jsonLines,
  csv: csvLines,
};

function jsonLines(_first: string, _line: number, options: LiveOptions): LineFormat {
  const cells = cellsBy(options);
  return {
    isHeader: false,
    fieldsOf: (text, line) => {
      const fields = parseLine(text, options.source, line);
      refuseStrangers(fields, line, options);
      return fields;
    },
    cellOf: (field, at) => cellOf(field, cells, at),
  };
}

/** Refuses an object that tells something and nothing of the model: a step without any value would go by as usual. */
function refuseStrangers(fields: Fields, line: number, { columns, source, time }: LiveOptions): void {
  const told = [...fields.keys()].filter((name) => name !== time && timeName(name) === undefined);
  if (told.length === 0 || columns.some(({ name }) => fields.has(name))) return;
  throw new VrnnError(
    "data/unknown-column",
    `${quoted(told[0]!)} is none of the model's columns, nor is any other`,
    {
      at: `${source}:${line}`,
      remedy: `they are ${columns.map(({ name }) => name).join(", ")}`,
    },
  );
}

function csvLines(first: string, line: number, options: LiveOptions): LineFormat {
  const { columns, source, decimal } = options;
  const cells = cellsBy(options);
  const delimiter = sniffDelimiter(first);
  const rowOf = (text: string, number: number): Row =>
    // Without quotes there is nothing to parse, and live data come fast.
    text.includes('"')
      ? (parseRows(text, source, delimiter, number)[0] as Row)
      : { line: number, fields: fieldsOf(text, delimiter) };
  const { names: header, rows } = headerOf(
    rowOf(first, line).fields.map((field) => [field]),
    `${source}:${line}`,
    { expected: columns.map(({ name }) => name), isMissing: cells.isMissing },
  );
  if (!columns.some(({ name }) => header.includes(name))) {
    throw new VrnnError("data/header", "the header names none of the model's columns", {
      at: `${source}:${line}`,
      remedy: `they are ${columns.map(({ name }) => name).join(", ")}`,
    });
  }
  const toFields = (text: string, number: number): Fields => {
    const row = rowOf(text, number);
    refuseRagged(row, header, source);
    return new Map(header.map((name, i) => [name, row.fields[i]!] as const));
  };
  // Between commas a decimal comma would have to stand in quotes, each time.
  const mark = decimal ?? (delimiter === "," ? "point" : undefined);
  const numberOf = numberReader(cells, mark, onceEach(options.onNote));
  return { isHeader: rows > 0, fieldsOf: toFields, cellOf: numberOf };
}

const cellsBy = ({ missing, notMissing }: LiveOptions): CellReader => cellReader(missing, notMissing);

/** Reads the numbers of fields by the rule of files (`tables/columns.ts`), of which a line knows the mark alone. */
const numberReader =
  (cells: CellReader, mark: DecimalMark | undefined, tell: (note: string) => void): LineFormat["cellOf"] =>
  (field, at) => {
    if (typeof field !== "string") return Number.NaN;
    const cell = cells.text(field);
    const read = finite(readByMark(cell, field, mark ?? onlyMark(field.trim(), at)), at);
    if (typeof cell === "string" && typeof read === "number") tellUnit(field.trim(), tell);
    return read;
  };

/** Says that a unit is not looked at: 5 kW is 5, whatever the unit of training. */
function tellUnit(text: string, tell: (note: string) => void): void {
  const unit = numeralOf(text)?.unit ?? "";
  if (unit !== "") tell(`numbers are read without their unit ("${unit}"): it has to be that of training`);
}

/** The mark under which a text can be read. @throws VrnnError `data/decimal-mark` where it is another number under each */
function onlyMark(text: string, at: () => string): DecimalMark {
  const numeral = numeralOf(text);
  if (numeral === undefined) return "point";
  if (!isAmbiguous(numeral) && !isVersionLike(text)) return marksOf(numeral)[0]!;
  throw new VrnnError("data/decimal-mark", `"${text}" may be a thousand and more, or have decimals`, {
    at: at(),
    remedy: "part the fields by commas, send JSON, or train with the option decimal: comma or point",
  });
}

/** Turns named fields into the numbers of a step. */
function stepBuilder(
  options: LiveOptions,
  cellOf: LineFormat["cellOf"],
): (fields: Fields, line: number) => LiveStep {
  const { columns, source } = options;
  const cells = cellsBy(options);
  const tellOnce = onceEach(options.onNote);
  let unseen: string[] = []; // of the step under way
  const readers = columns.map((column) => columnReader(column, tellOnce, () => unseen.push(column.name)));
  const known = new Set(columns.map(({ name }) => name));
  const timeOf = timeReader(options, cells);
  let time = options.time;
  return (fields, line) => {
    unseen = [];
    const values = Float64Array.from(readers, ({ name, levels, encode }) => {
      const at = () => `${source}:${line}, column "${name}"`;
      const value = fields.get(name);
      return encode(levels ? nameCellOf(value, cells, at, levels) : cellOf(value, at), at);
    });
    for (const name of fields.keys()) {
      if (known.has(name) || name === time) continue;
      if (name === options.sequence) tellOnce(oneSequence(name));
      else if (time === undefined && timeName(name) !== undefined) time = name;
      else tellOnce(`column ${quoted(name)} is not one of the model's and is left out`);
    }
    return { values, unseen, ...(time !== undefined && timeOf(fields.get(time), line)) };
  };
}

const oneSequence = (name: string): string =>
  `column ${quoted(name)} told sequences apart in training: here all lines are one sequence (give each a stream of its own)`;

/** What reads the fields of a column. */
function columnReader(column: Column, tell: (note: string) => void, onUnseen: () => void) {
  const { name } = column;
  const encode = cellEncoder(
    column,
    () => {
      onUnseen();
      tell(`column "${name}": levels never seen in training count as missing`);
    },
    (level) => tell(respeltNote(name, level)),
  );
  return { name, encode, levels: column.kind === "categorical" ? new Set(column.levels) : undefined };
}

/** What reads when a step was, and tells of times that do not go on. */
function timeReader({ dates, source, onNote }: LiveOptions, cells: CellReader) {
  const clock = new LiveClock(dates);
  return (when: unknown, line: number): Pick<LiveStep, "time" | "moment"> => {
    if (!isCell(when)) return {};
    const time = cells.text(String(when));
    const { moment, note } = clock.read(time, () => `${source}:${line}`);
    if (note !== undefined) onNote(note);
    return { time, moment };
  };
}

/** The most notes of a stream: whoever puts another name into every line must not fill the memory with them. */
const MOST_NOTES = 100;

/** Tells each note once, as long as there are not too many of them. */
function onceEach(tell: (note: string) => void): (note: string) => void {
  const told = new Set<string>();
  return (note) => {
    if (told.size > MOST_NOTES || told.has(note)) return;
    told.add(note);
    tell(told.size > MOST_NOTES ? "there is more to notice, which is not told any more" : note);
  };
}

const isCell = (value: unknown): value is Cell => typeof value === "number" || typeof value === "string";
