/** Separated values as tables, whatever reads their fields. */
import { paired } from "../../collections.ts";
import type { CellReader, Cells } from "./cells.ts";
import { columnReader, type TextOptions } from "./columns.ts";
import { type Dialect, dialectOf } from "./dialect.ts";
import { columnName, HEADER_ROWS, type Header, type HeaderOptions, headerOf } from "./header.ts";
import { LineNumbers } from "./line-numbers.ts";
import type { PlainColumn } from "./plain-columns.ts";
import { mayNumberRows, RowCount } from "./row-count.ts";
import { eachRow, emptyTable, type RowsPlace, refuseRagged } from "./rows.ts";
import type { Table } from "./table.ts";
import { Texts } from "./texts.ts";

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

/** What reads separated values by what reads their fields; see `parseCsv`. */
export const csvBy =
  (fieldsOf: FieldsReader): ReadCsv =>
  (text, file, name, cells, delimiter, options = {}) => {
    const dialect = dialectOf(text, file, delimiter);
    const { columns, lines, header } = fieldsOf(dialect, file, cells, options);
    const rows = lines.length - header.rows;
    if (rows <= 0) throw emptyTable(file);
    const at = placesIn(file, lines, header.rows);
    const own = paired(header.names, columns);
    const empty = own.filter(([, column], i) => header.first[i] === "" && column.isEmpty).map(([own]) => own);
    const read = columnReader(new Map(own.filter(([each]) => !empty.includes(each))), {
      ...{ file, cells, at, ...options, delimiter: dialect.delimiter },
    });
    return {
      name,
      file,
      rows,
      ...read,
      rowNumbers: header.names.filter((each, i) => isRowNumber(header.first[i]!, read.columns.get(each))),
      missingWords: cells.missingWords,
      notes: [
        ...dialect.notes,
        ...header.notes,
        ...empty.map((each) => emptyNote(file, each)),
        ...read.notes,
      ],
      at,
    };
  };

/** The fields of a table under their header. */
export interface ReadFields {
  /** By column, without the header. */
  readonly columns: readonly (Texts | PlainColumn)[];
  /** The line that each row begins on, the header among them. */
  readonly lines: LineNumbers;
  readonly header: Head;
}

/** A header, and the first row as it stands there. */
export interface Head extends Header {
  readonly first: readonly string[];
}

/** Reads the fields of a text. */
export type FieldsReader = (
  dialect: Dialect,
  file: string,
  cells: CellReader,
  options: CsvOptions,
) => ReadFields;

/** The fields of a text, each column as its texts. */
const textFields: FieldsReader = (dialect, file, cells, options) => {
  const fields = Fields.of(dialect.text, { ...dialect, file });
  const header = headOf(fields, file, cells, options);
  return { columns: fields.columns.map((column) => column.after(header.rows)), lines: fields.lines, header };
};

/** Reads the same as `parseCsv`, with less code, and slower. */
export const parseTexts = csvBy(textFields);

/** @throws VrnnError `data/header`, `data/empty-file` */
export function headOf(
  { columns, lines }: Pick<Fields, "columns" | "lines">,
  file: string,
  cells: CellReader,
  options: CsvOptions,
): Head {
  if (lines.length === 0) throw emptyTable(file);
  const length = Math.min(lines.length, HEADER_ROWS);
  const heads = columns.map((column) => Array.from({ length }, (_, row) => column.at(row)));
  const header = headerOf(heads, `${file}:${lines.at(0)}`, { ...options, isMissing: cells.isMissing });
  return { ...header, first: heads.map(([first]) => first!) };
}

/** Tells where columns and cells stand, and keeps nothing else of the file alive. */
const placesIn =
  (file: string, lines: LineNumbers, headerRows: number): Table["at"] =>
  (column, row) =>
    `${file}:${lines.at(row === undefined ? 0 : row + headerRows)}, column "${column}"`;

/** What is told of a column of nothing. */
export const emptyNote = (file: string, name: string): string =>
  `${file}: ${name} has neither a name nor a value and is left out`;

/** Whether a column is called as those that number rows are, and counts them. */
function isRowNumber(name: string, cells: Cells = []): boolean {
  if (!mayNumberRows(name)) return false;
  const count = new RowCount();
  for (const cell of cells) count.add(cell);
  return count.isCounting;
}

/** The fields of each column as they are read row by row. */
export class Fields {
  /** By column, the header among them. */
  readonly columns: Texts[] = [];
  /** The line that each row begins on, the header among them. */
  readonly lines = new LineNumbers();
  private readonly file: string;
  private first: readonly string[] = [];

  private constructor(file: string) {
    this.file = file;
  }

  /**
   * @param without the places of columns of which nothing is kept
   * @throws VrnnError `data/csv`, `data/ragged-row`
   */
  static of(text: string, place: RowsPlace, without?: ReadonlyMap<number, unknown>): Fields {
    const fields = new Fields(place.file);
    eachRow(text, place, (row, line) => fields.add(row, line, without));
    return fields;
  }

  private add(fields: readonly string[], line: number, without?: ReadonlyMap<number, unknown>): void {
    if (this.lines.length === 0) this.begin(fields);
    if (fields.length !== this.first.length)
      refuseRagged({ fields, line }, this.first.map(columnName), this.file);
    for (let i = 0; i < fields.length; i++) if (!without?.has(i)) this.columns[i]!.add(fields[i]!);
    this.lines.add(line);
  }

  private begin(fields: readonly string[]): void {
    this.first = fields;
    for (let i = 0; i < fields.length; i++) this.columns.push(new Texts());
  }
}
