/** Live data: one step a line. */
import * as csvParse from "csv-parse/sync";
import { VrnnError } from "../errors.ts";
import { quoted } from "../legible.ts";
import type { Column } from "./dataset.ts";
import { type Cell, type CellReader, cellReader, isDecimal } from "./tables/cells.ts";
import { fieldsOf, parseRows, type Row, refuseRagged } from "./tables/csv.ts";
import { sniffDelimiter } from "./tables/dialect.ts";
import { cellEncoder, respeltNote } from "./tables/encode.ts";
import { headerOf } from "./tables/header.ts";
import { cellOf, nameCellOf, parseLine } from "./tables/jsonl.ts";
import { type DecimalMark, numeralOf } from "./tables/numerals.ts";
import { isTimeName } from "./tables/time.ts";

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
  /** What sets off decimals; by the delimiter unless told: a comma where that is none. */
  readonly decimal?: DecimalMark | undefined;
  /** The field that tells the time; one with a name such as `time` or `date` unless told. */
  readonly time?: string | undefined;
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
  const { isHeader, fieldsOf } = FORMATS[format](first, line, options);
  const stepOf = stepBuilder(options);
  return { isHeader, read: (text, number) => stepOf(fieldsOf(text, number), number) };
}

const FORMATS: Readonly<
  Record<LiveFormat, (first: string, line: number, options: LiveOptions) => LineFormat>
> = {
  jsonl: (_first, _line, { source }) => ({
    isHeader: false,
    fieldsOf: (text, line) => parseLine(text, source, line),
  }),
  csv: csvLines,
};

function csvLines(first: string, line: number, options: LiveOptions): LineFormat {
  const { columns, source, decimal } = options;
  const cells = cellsBy(options);
  const delimiter = sniffDelimiter(first);
  const rowOf = (text: string, number: number): Row =>
    // Without quotes there is nothing to parse, and live data come fast.
    text.includes('"')
      ? (parseRows(csvParse, text, source, delimiter, number)[0] as Row)
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
  const mark = decimal ?? (delimiter === "," ? "point" : "comma");
  const texts = new Set(columns.filter(({ kind }) => kind === "categorical").map(({ name }) => name));
  const toFields = (text: string, number: number): Fields => {
    const row = rowOf(text, number);
    refuseRagged(row, header, source);
    const cell = (name: string, field: string) => (texts.has(name) ? field : numberText(field, mark));
    return new Map(header.map((name, i) => [name, cell(name, row.fields[i]!)] as const));
  };
  return { isHeader: rows > 0, fieldsOf: toFields };
}

const cellsBy = ({ missing, notMissing }: LiveOptions): CellReader => cellReader(missing, notMissing);

/** What writes a number in another way than as a plain decimal, as that; any other text as it is. */
function numberText(field: string, mark: DecimalMark): string {
  if (!/\d/.test(field) || !/[^\d.+-]/.test(field) || isDecimal(field)) return field;
  const value = numeralOf(field)?.[mark] ?? Number.NaN;
  return Number.isNaN(value) ? field : String(value);
}

/** Turns named fields into the numbers of a step. */
function stepBuilder(options: LiveOptions): (fields: Fields, line: number) => LiveStep {
  const { columns, source, onNote } = options;
  const cells = cellsBy(options);
  const tellOnce = onceEach(onNote);
  let unseen: string[] = []; // of the step under way
  const readers = columns.map((column) => {
    const note = `column "${column.name}": levels never seen in training count as missing`;
    const encode = cellEncoder(
      column,
      () => {
        unseen.push(column.name);
        tellOnce(note);
      },
      (level) => tellOnce(respeltNote(column.name, level)),
    );
    const levels = column.kind === "categorical" ? new Set(column.levels) : undefined;
    return { name: column.name, levels, encode };
  });
  const known = new Set(columns.map(({ name }) => name));
  let timeName = options.time;
  return (fields, line) => {
    unseen = [];
    const values = Float64Array.from(readers, ({ name, levels, encode }) => {
      const at = () => `${source}:${line}, column "${name}"`;
      const value = fields.get(name);
      return encode(levels ? nameCellOf(value, cells, at, levels) : cellOf(value, cells, at), at);
    });
    for (const name of fields.keys()) {
      if (known.has(name) || name === timeName) continue;
      if (timeName === undefined && isTimeName(name)) timeName = name;
      else tellOnce(`column ${quoted(name)} is not one of the model's and is left out`);
    }
    const time = timeName === undefined ? undefined : fields.get(timeName);
    return { values, unseen, ...(isCell(time) && { time: cells.text(String(time)) }) };
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
