import type { CellReader } from "./cells.ts";
import { columnReader, type TextOptions } from "./columns.ts";
import { dialectOf } from "./dialect.ts";
import { columnName, type HeaderOptions, headerOf } from "./header.ts";
import { eachRow, emptyTable, refuseRagged } from "./rows.ts";
import type { Table } from "./table.ts";

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

/** In so many rows the number is that of the row before and one. */
const COUNTED = 0.8;

/** Whether a column is called as those that number rows are, and counts them, some left out. */
function isRowNumber(name: string, cells: readonly unknown[] = []): boolean {
  const [first] = cells;
  const counts = typeof first === "number" && Number.isInteger(first) && cells.length > 2;
  if (!counts || !ROW_NUMBER_NAME.test(name.trim())) return false;
  const numbers = cells as readonly number[];
  const steps = numbers.slice(1).map((cell, row) => cell - numbers[row]!);
  return (
    steps.every((step) => step > 0) && steps.filter((step) => step === 1).length > COUNTED * steps.length
  );
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
