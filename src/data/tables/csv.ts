import type { CellReader, Cells } from "./cells.ts";
import { columnReader, type TextOptions } from "./columns.ts";
import { dialectOf } from "./dialect.ts";
import { columnName, HEADER_ROWS, type HeaderOptions, headerOf } from "./header.ts";
import { LineNumbers } from "./line-numbers.ts";
import { eachRow, emptyTable, refuseRagged } from "./rows.ts";
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

/**
 * Reads separated values with a header into one sequence of a row per step. What is not said is seen from the file, and told in a
 * note: the delimiter and what stands before the rows (`dialect.ts`), whether the first rows are names, units or data
 * (`header.ts`), decimal commas, marks between thousands, units (`columns.ts`).
 *
 * @throws VrnnError `data/csv`, `data/header`, `data/ragged-row`, `data/not-finite`, `data/empty-file`, `data/decimal-mark`
 */
export const parseCsv: ReadCsv = (text, file, name, cells, delimiter, options = {}) => {
  const dialect = dialectOf(text, file, delimiter);
  const fields = new Fields(file);
  eachRow(dialect.text, { ...dialect, file }, (row, line) => fields.add(row, line));
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
  const length = Math.min(lines.length, HEADER_ROWS);
  const heads = columns.map((column) => Array.from({ length }, (_, row) => column.at(row)));
  const header = headerOf(heads, `${file}:${lines.at(0)}`, { ...options, isMissing: cells.isMissing });
  const rows = lines.length - header.rows;
  if (rows <= 0) throw emptyTable(file);
  const at = placesIn(file, lines, header.rows);
  const texts = new Map(header.names.map((own, i) => [own, columns[i]!.after(header.rows)]));
  const empty = header.names.filter(
    (own, i) => heads[i]![0] === "" && texts.get(own)!.find((text) => text !== "") < 0,
  );
  for (const own of empty) texts.delete(own);
  const read = columnReader(texts, { file, cells, at, ...options });
  return {
    name,
    file,
    rows,
    ...read,
    rowNumbers: header.names.filter((own, i) => isRowNumber(heads[i]![0]!, read.columns.get(own))),
    missingWords: cells.missingWords,
    notes: [...notes, ...header.notes, ...empty.map((own) => emptyNote(file, own)), ...read.notes],
    at,
  };
}

/** Tells where columns and cells stand, and keeps nothing else of the file alive. */
const placesIn =
  (file: string, lines: LineNumbers, headerRows: number): Table["at"] =>
  (column, row) =>
    `${file}:${lines.at(row === undefined ? 0 : row + headerRows)}, column "${column}"`;

const emptyNote = (file: string, name: string): string =>
  `${file}: ${name} has neither a name nor a value and is left out`;

/** What columns are called, beside nothing, that number the rows. */
const ROW_NUMBER_NAME = /^(?:unnamed: ?0|index|idx|row|row_?number|id|no|nr|#|step)?$/i;

/** In so many rows the number is that of the row before and one. */
const COUNTED = 0.8;

/** Whether a column is called as those that number rows are, and counts them, some left out. */
function isRowNumber(name: string, cells: Cells = []): boolean {
  const [first] = cells;
  const counts = typeof first === "number" && Number.isInteger(first) && cells.length > 2;
  if (!counts || !ROW_NUMBER_NAME.test(name.trim())) return false;
  let ones = 0;
  for (let row = 1; row < cells.length; row++) {
    const step = Number(cells[row]) - Number(cells[row - 1]);
    if (!(step > 0)) return false;
    if (step === 1) ones += 1;
  }
  return ones > COUNTED * (cells.length - 1);
}

/** The fields of each column as they are read row by row. */
class Fields {
  readonly file: string;
  /** By column, the header among them. */
  readonly columns: Texts[] = [];
  /** The line that each row begins on, the header among them. */
  readonly lines = new LineNumbers();
  private first: readonly string[] = [];

  constructor(file: string) {
    this.file = file;
  }

  /** @throws VrnnError `data/ragged-row` */
  add(fields: readonly string[], line: number): void {
    if (this.lines.length === 0) this.begin(fields);
    if (fields.length !== this.first.length)
      refuseRagged({ fields, line }, this.first.map(columnName), this.file);
    for (let i = 0; i < fields.length; i++) this.columns[i]!.add(fields[i]!);
    this.lines.add(line);
  }

  private begin(fields: readonly string[]): void {
    this.first = fields;
    for (let i = 0; i < fields.length; i++) this.columns.push(new Texts());
  }
}
