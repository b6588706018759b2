import type * as csvParse from "csv-parse/browser/esm/sync";
import { VrnnError } from "../../errors.ts";
import { type Cell, type CellReader, isDecimal } from "./cells.ts";
import { finite, type Table } from "./table.ts";

export interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

/** What is used of csv-parse, of which Node and browsers have builds of their own. */
export type CsvParser = Pick<typeof csvParse, "parse" | "CsvError">;

export type ReadCsv = (
  text: string,
  file: string,
  name: string,
  cells: CellReader,
  delimiter?: string,
) => Table;

const DELIMITERS: readonly string[] = [",", "\t", ";", "|"];

/**
 * The reader of CSV by a build of csv-parse.
 *
 * It reads comma-separated values with a header into one sequence of a row per step. The delimiter is sniffed among comma,
 * tab, semicolon and bar; a first line of numbers alone is data, not a header; with semicolons a decimal comma is read.
 *
 * It throws VrnnError `data/csv`, `data/header`, `data/ragged-row`, `data/not-finite`, `data/empty-file`.
 */
export const csvReader =
  (parser: CsvParser): ReadCsv =>
  (text, file, name, cells, delimiter = sniffDelimiter(text)) =>
    tableOf(parseRows(parser, text, file, delimiter), file, name, cells, delimiter);

function tableOf(
  rows: readonly Row[],
  file: string,
  name: string,
  cells: CellReader,
  delimiter: string,
): Table {
  const { header, isHeadless: headless } = headerOf(rows[0]!, file);
  const body = headless ? rows : rows.slice(1);
  if (body.length === 0) throw emptyTable(file);
  const at = (column: string, row?: number) =>
    `${file}:${row === undefined ? rows[0]!.line : body[row]!.line}, column "${column}"`;
  const commas = delimiter === ";" ? new DecimalCommas() : undefined;
  const columns = new Map<string, Cell[]>();
  for (const row of body) refuseRagged(row, header, file);
  header.forEach((column, i) => {
    const read = ({ fields }: Row, row: number) => {
      const field = fields[i]!;
      return finite(cells.text(commas?.toPoint(field) ?? field), () => at(column, row));
    };
    columns.set(column, body.map(read));
  });
  const notes = headless ? [`${file} has no header: columns were named by their position`] : [];
  if (commas?.found) notes.push(`${file}: decimal commas were read as points`);
  return { name, file, rows: body.length, columns, notes, at };
}

/**
 * The names of the columns: those of the first row, or by position where that is a row of numbers.
 *
 * @throws VrnnError `data/header` when a name stands there twice
 */
export function headerOf(first: Row, file: string): { header: string[]; isHeadless: boolean } {
  const isHeadless = first.fields.every((field) => isDecimal(field.trim()));
  return {
    header: isHeadless ? first.fields.map((_, i) => columnName("", i)) : readHeader(first, file),
    isHeadless,
  };
}

/** Reads a decimal comma as a point, and remembers that there was one. */
export class DecimalCommas {
  found = false;

  toPoint(field: string): string {
    if (!/^\s*[+-]?\d*,\d+(?:e[+-]?\d+)?\s*$/i.test(field)) return field;
    this.found = true;
    return field.replace(",", ".");
  }
}

/**
 * The delimiter that stands in the header and equally often in the lines after it; the most frequent one in doubt.
 *
 * @example
 * sniffDelimiter("a;b\n1,5;2\n"); // ";"
 */
export function sniffDelimiter(text: string): string {
  const head = text.slice(0, 65_536);
  const lines = head.replace(/"[^"]*"/g, "").split(/\r\n|\r|\n/);
  if (head.length < text.length && lines.length > 1) lines.pop();
  const sample = lines.filter((line) => line !== "").slice(0, 10);
  const scored = DELIMITERS.map((delimiter) => {
    const counts = sample.map((line) => line.split(delimiter).length - 1);
    const steady = counts.every((count) => count === counts[0]);
    return { delimiter, score: (counts[0] ?? 0) * (steady ? 1000 : 1) };
  });
  return scored.reduce((best, other) => (other.score > best.score ? other : best)).delimiter;
}

/**
 * The fields of each row.
 *
 * @param firstLine The line of the file that the text begins on.
 * @throws VrnnError `data/csv`, `data/empty-file`
 */
export function parseRows(
  parser: CsvParser,
  text: string,
  file: string,
  delimiter: string,
  firstLine = 1,
): Row[] {
  const rows: Row[] = [];
  const keep = (fields: string[], { lines }: { lines: number }) => {
    // A field in quotes may span lines, and the parser counts up to the end of the row.
    const breaks = fields.reduce((sum, field) => sum + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
    rows.push({ line: firstLine - 1 + lines - breaks, fields });
    return null;
  };
  const options = { delimiter, trim: true, relax_column_count: true, max_record_size: 0, on_record: keep };
  try {
    parser.parse(text, options);
  } catch (cause) {
    if (!(cause instanceof parser.CsvError)) throw cause;
    const nextLine = (rows[rows.length - 1]?.line ?? firstLine - 1) + 1;
    throw csvFault(cause, file, { firstLine, nextLine }, rows[0]?.fields);
  }
  const meaningful = withoutBlankLines(rows);
  if (meaningful.length === 0) throw emptyTable(file);
  return meaningful;
}

/** Blank lines mean nothing, except in a table of one column, where they are missing values unless they end the file. */
function withoutBlankLines(rows: readonly Row[]): Row[] {
  const isBlank = ({ fields }: Row) => fields.length === 1 && fields[0] === "";
  const first = rows.findIndex((row) => !isBlank(row));
  if (first < 0) return [];
  if (rows[first]!.fields.length > 1) return rows.filter((row) => !isBlank(row));
  return rows.slice(first, rows.findLastIndex((row) => !isBlank(row)) + 1);
}

const CSV_FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed",
  CSV_INVALID_CLOSING_QUOTE: "text follows a closing quote",
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: "text follows a closing quote",
  INVALID_OPENING_QUOTE: "a quote stands in the middle of a field",
};

function csvFault(
  cause: csvParse.CsvError,
  file: string,
  { firstLine, nextLine }: { readonly firstLine: number; readonly nextLine: number },
  header: readonly string[] | undefined,
): VrnnError {
  const unclosed = cause.code === "CSV_QUOTE_NOT_CLOSED";
  const line = unclosed ? nextLine : firstLine - 1 + Number(cause.lines);
  const position = Number(cause.column);
  const column = columnName(header?.[position] ?? "", position);
  return new VrnnError("data/csv", CSV_FAULTS[cause.code] ?? cause.message, {
    at: `${file}:${line}, column "${column}"`,
    remedy: 'put the whole field in quotes and write a quote inside it as ""',
    cause,
  });
}

function columnName(given: string, index: number): string {
  return given.trim() === "" ? `column${index + 1}` : given.trim();
}

function readHeader({ fields, line }: Row, file: string): string[] {
  const names = fields.map(columnName);
  const double = names.find((name, i) => names.indexOf(name) < i);
  if (double === undefined) return names;
  throw new VrnnError("data/header", `the header names column "${double}" twice`, {
    at: `${file}:${line}`,
    remedy: "give each column its own name",
  });
}

/** @throws VrnnError `data/ragged-row` */
export function refuseRagged({ fields, line }: Row, header: readonly string[], file: string): void {
  if (fields.length === header.length) return;
  const fewer = fields.length < header.length;
  const place = fewer ? `, column "${header[fields.length]}"` : "";
  throw new VrnnError("data/ragged-row", `the row has ${count(fields.length)}, the header ${header.length}`, {
    at: `${file}:${line}${place}`,
    remedy: fewer
      ? "add the missing field; it may be empty"
      : "remove a field, or put text that holds commas in quotes",
  });
}

const count = (fields: number) => (fields === 1 ? "1 field" : `${fields} fields`);

function emptyTable(file: string): VrnnError {
  return new VrnnError("data/empty-file", "there are no rows of data", {
    at: file,
    remedy: "write the file anew",
  });
}
