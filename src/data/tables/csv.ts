import type * as csvParse from "csv-parse/browser/esm/sync";
import { VrnnError } from "../../errors.ts";
import type { CellReader } from "./cells.ts";
import { columnReader, type TextOptions } from "./columns.ts";
import { BLANKS, dialectOf } from "./dialect.ts";
import { columnName, type HeaderOptions, headerOf } from "./header.ts";
import type { Table } from "./table.ts";

export interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

/** What is used of csv-parse, of which Node and browsers have builds of their own. */
export type CsvParser = Pick<typeof csvParse, "parse" | "CsvError">;

/** What is said of a file instead of being seen from it. */
export interface CsvOptions extends Omit<HeaderOptions, "isMissing">, TextOptions {}

export type ReadCsv = (
  text: string,
  file: string,
  name: string,
  cells: CellReader,
  delimiter?: string,
  options?: CsvOptions,
) => Table;

/**
 * The reader of CSV by a build of csv-parse.
 *
 * It reads separated values with a header into one sequence of a row per step. What is not said is seen from the file, and told
 * in a note: the delimiter and what stands before the rows (`dialect.ts`), whether the first rows are names, units or data
 * (`header.ts`), decimal commas, marks between thousands, units (`columns.ts`).
 *
 * It throws VrnnError `data/csv`, `data/header`, `data/ragged-row`, `data/not-finite`, `data/empty-file`, `data/decimal-mark`.
 */
export const csvReader =
  (parser: CsvParser): ReadCsv =>
  (text, file, name, cells, delimiter, options = {}) => {
    const dialect = dialectOf(text, file, delimiter);
    const fields = new Fields(file);
    eachRow(parser, dialect.text, { ...dialect, file }, (row, line) => fields.add(row, line));
    return tableOf(fields, name, cells, { ...options, delimiter: dialect.delimiter }, dialect.notes);
  };

function tableOf(
  { file, columns, lines }: Fields,
  name: string,
  cells: CellReader,
  options: CsvOptions & { readonly delimiter: string },
  notes: readonly string[],
): Table {
  if (lines.length === 0) throw emptyTable(file);
  const header = headerOf(columns, `${file}:${lines[0]}`, { ...options, isMissing: cells.isMissing });
  const rows = lines.length - header.rows;
  if (rows <= 0) throw emptyTable(file);
  const at = (column: string, row?: number) =>
    `${file}:${row === undefined ? lines[0]! : lines[row + header.rows]!}, column "${column}"`;
  const texts = new Map(header.names.map((own, i) => [own, columns[i]!.slice(header.rows)]));
  const empty = header.names.filter(
    (own, i) => columns[i]![0] === "" && texts.get(own)!.every((text) => text === ""),
  );
  for (const own of empty) texts.delete(own);
  const read = columnReader(texts, { file, cells, at, ...options });
  return {
    name,
    file,
    rows,
    ...read,
    rowNumbers: header.names.filter((own, i) => isRowNumber(columns[i]![0]!, read.columns.get(own))),
    missingWords: cells.missingWords,
    notes: [...notes, ...header.notes, ...empty.map((own) => emptyNote(file, own)), ...read.notes],
    at,
  };
}

const emptyNote = (file: string, name: string): string =>
  `${file}: ${name} has neither a name nor a value and is left out`;

/** What columns are called, beside nothing, that number the rows. */
const ROW_NUMBER_NAME = /^(?:unnamed: ?0|index|idx|row|row_?number|id|no|nr|#|step)?$/i;

/** Whether a column is called as those that number rows are, and counts them. */
function isRowNumber(name: string, cells: readonly unknown[] = []): boolean {
  const [first] = cells;
  const counts = typeof first === "number" && Number.isInteger(first) && cells.length > 2;
  return counts && ROW_NUMBER_NAME.test(name.trim()) && cells.every((cell, row) => cell === first + row);
}

/** The fields of each column as they are read row by row. */
class Fields {
  readonly file: string;
  /** `[columns][rows]`, the header among them. */
  readonly columns: string[][] = [];
  /** `[rows]`: the line that each begins on. */
  readonly lines: number[] = [];
  private first: readonly string[] = [];

  constructor(file: string) {
    this.file = file;
  }

  /** @throws VrnnError `data/ragged-row` */
  add(fields: readonly string[], line: number): void {
    if (this.lines.length === 0) {
      this.first = fields;
      for (const field of fields) this.columns.push([field]);
    } else {
      if (fields.length !== this.first.length)
        refuseRagged({ fields, line }, this.first.map(columnName), this.file);
      for (let i = 0; i < fields.length; i++) this.columns[i]!.push(fields[i]!);
    }
    this.lines.push(line);
  }
}

/** Where rows stand, and what is between their fields. */
export interface RowsPlace {
  readonly file: string;
  readonly delimiter: string;
  /** The line of the file that the text begins on. */
  readonly firstLine: number;
}

type OnRow = (fields: readonly string[], line: number) => void;

/**
 * Hands over the fields of each row with the line that it begins on. Blank lines mean nothing, except in a table of one column,
 * where they are missing values unless they end the file. A line may end in any of the three ways.
 *
 * @throws VrnnError `data/csv`
 */
export function eachRow(parser: CsvParser, text: string, place: RowsPlace, onRow: OnRow): void {
  let width = 0;
  let blanks: number[] = [];
  const keep: OnRow = (fields, line) => {
    if (fields.length === 1 && fields[0] === "") {
      if (width === 1) blanks.push(line);
      return;
    }
    if (width === 0) width = fields.length;
    for (const blank of blanks) onRow([""], blank);
    if (blanks.length > 0) blanks = [];
    onRow(fields, line);
  };
  if (place.delimiter === BLANKS || !text.includes('"')) splitRows(text, place, keep);
  else parsedRows(parser, text, place, keep);
}

/** Without quotes there is nothing to parse. */
function splitRows(text: string, { delimiter, firstLine }: RowsPlace, onRow: OnRow): void {
  const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  let line = firstLine;
  for (let start = 0; start < lines.length; line++) {
    const newline = lines.indexOf("\n", start);
    const end = newline < 0 ? lines.length : newline;
    onRow(fieldsOf(lines.slice(start, end), delimiter), line);
    start = end + 1;
  }
}

/** The fields of a line without quotes. */
export function fieldsOf(line: string, delimiter: string): string[] {
  const fields = delimiter === BLANKS ? line.trim().split(/\s+/) : line.split(delimiter);
  for (let i = 0; i < fields.length; i++) fields[i] = fields[i]!.trim();
  return fields;
}

const lineBreaks = (field: string): number => {
  if (!field.includes("\n") && !field.includes("\r")) return 0;
  return field.match(/\r\n|\r|\n/g)!.length;
};

function parsedRows(parser: CsvParser, text: string, place: RowsPlace, onRow: OnRow): void {
  const { file, delimiter, firstLine } = place;
  let last: { fields: readonly string[]; line: number } | undefined;
  let header: readonly string[] | undefined;
  const keep = (fields: string[], { lines }: { lines: number }) => {
    // A field in quotes may span lines, and the parser counts up to the end of the row.
    const breaks = fields.reduce((sum, field) => sum + lineBreaks(field), 0);
    last = { line: firstLine - 1 + lines - breaks, fields };
    header ??= fields;
    onRow(fields, last.line);
    return null;
  };
  const options = {
    delimiter,
    trim: true,
    relax_column_count: true,
    max_record_size: 0,
    record_delimiter: text.includes("\r") ? ["\r\n", "\n", "\r"] : "\n",
    on_record: keep,
  };
  try {
    parser.parse(text, options);
  } catch (cause) {
    if (!(cause instanceof parser.CsvError)) throw cause;
    throw csvFault(cause, file, { firstLine, nextLine: (last?.line ?? firstLine - 1) + 1 }, header);
  }
}

/**
 * The rows of a text, at least one.
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
  eachRow(parser, text, { file, delimiter, firstLine }, (fields, line) => rows.push({ fields, line }));
  if (rows.length === 0) throw emptyTable(file);
  return rows;
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
