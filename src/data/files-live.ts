/** Live data: one step a line. */
import * as csvParse from "csv-parse/sync";
import { VrnnError } from "../errors.ts";
import type { Column } from "./dataset.ts";
import { type Cell, cellReader } from "./tables/cells.ts";
import { DecimalCommas, headerOf, parseRows, type Row, refuseRagged, sniffDelimiter } from "./tables/csv.ts";
import { cellEncoder } from "./tables/encode.ts";
import { cellOf, parseLine } from "./tables/jsonl.ts";
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

function csvLines(first: string, line: number, { columns, source }: LiveOptions): LineFormat {
  const delimiter = sniffDelimiter(first);
  const rowOf = (text: string, number: number): Row =>
    // Without quotes there is nothing to parse, and live data come fast.
    text.includes('"')
      ? (parseRows(csvParse, text, source, delimiter, number)[0] as Row)
      : { line: number, fields: text.split(delimiter).map((field) => field.trim()) };
  const { header, isHeadless } = headerOf(rowOf(first, line), source);
  if (!columns.some(({ name }) => header.includes(name))) {
    throw new VrnnError("data/header", "the header names none of the model's columns", {
      at: `${source}:${line}`,
      remedy: `they are ${columns.map(({ name }) => name).join(", ")}`,
    });
  }
  const commas = delimiter === ";" ? new DecimalCommas() : undefined;
  const fieldsOf = (text: string, number: number): Fields => {
    const row = rowOf(text, number);
    refuseRagged(row, header, source);
    return new Map(
      header.map((name, i) => [name, commas?.toPoint(row.fields[i]!) ?? row.fields[i]!] as const),
    );
  };
  return { isHeader: !isHeadless, fieldsOf };
}

/** Turns named fields into the numbers of a step. */
function stepBuilder(options: LiveOptions): (fields: Fields, line: number) => LiveStep {
  const { columns, source, missing, onNote } = options;
  const cells = cellReader(missing);
  const told = new Set<string>();
  const tellOnce = (note: string) => {
    if (told.has(note)) return;
    told.add(note);
    onNote(note);
  };
  const readers = columns.map((column) => {
    const unseen = `column "${column.name}": levels never seen in training count as missing`;
    return { name: column.name, encode: cellEncoder(column, () => tellOnce(unseen)) };
  });
  const known = new Set(columns.map(({ name }) => name));
  let timeName = options.time;
  return (fields, line) => {
    const values = Float64Array.from(readers, ({ name, encode }) => {
      const at = () => `${source}:${line}, column "${name}"`;
      return encode(cellOf(fields.get(name), cells, at), at);
    });
    for (const name of fields.keys()) {
      if (known.has(name) || name === timeName) continue;
      if (timeName === undefined && isTimeName(name)) timeName = name;
      else tellOnce(`column "${name}" is not one of the model's and is left out`);
    }
    const time = timeName === undefined ? undefined : fields.get(timeName);
    return { values, ...(isCell(time) && { time: cells.text(String(time)) }) };
  };
}

const isCell = (value: unknown): value is Cell => typeof value === "number" || typeof value === "string";
