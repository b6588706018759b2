/** Separated values, of which columns of plain numbers are read at once. */
import { HEADER_ROWS } from "./header.ts";
import { plainTable, type WantedPlain } from "./plain-columns.ts";
import { isPlainText } from "./plain-rows.ts";
import { type CsvOptions, csvBy, Fields, type FieldsReader, type Head, headOf } from "./separated.ts";

/** The fields of a text: columns of plain numbers as these, where it can be told so, and all others as their texts. */
const fieldsOf: FieldsReader = (dialect, file, cells, options) => {
  const place = { ...dialect, file };
  const mayBePlain = options.decimal !== "comma" && isPlainText(dialect.text, dialect);
  const head = Fields.of(mayBePlain ? beginningOf(dialect.text) : dialect.text, place);
  const header = headOf(head, file, cells, options);
  const plain = mayBePlain ? plainTable(dialect.text, place, wantedBy(header, options), cells) : undefined;
  if (plain?.columns.size === header.first.length)
    return { columns: [...plain.columns.values()], lines: plain.lines, header };
  const fields = mayBePlain ? Fields.of(dialect.text, place, plain?.columns) : head;
  const columns = fields.columns.map((column, i) => plain?.columns.get(i) ?? column.after(header.rows));
  return { columns, lines: fields.lines, header };
};

/** Lines that hold the rows by which a header is told, but for a file of many blank ones. */
const HEAD_LINES = 4 * HEADER_ROWS;

/** The first lines of a text in which nothing stands in quotes. */
function beginningOf(text: string): string {
  let end = -1;
  for (let line = 0; line < HEAD_LINES; line++) {
    end = text.indexOf("\n", end + 1);
    if (end < 0) return text;
  }
  return text.slice(0, end + 1);
}

const wantedBy = ({ names, rows }: Head, { names: named, dropped }: CsvOptions): WantedPlain => ({
  width: names.length,
  headerRows: rows,
  mayBePlain: (column) => !(named?.has(names[column]!) || dropped?.includes(names[column]!)),
});

/**
 * Reads separated values with a header into one sequence of a row per step. What is not said is seen from the file, and told in a
 * note: the delimiter and what stands before the rows (`dialect.ts`), whether the first rows are names, units or data
 * (`header.ts`), decimal commas, marks between thousands, units (`columns.ts`).
 *
 * @throws VrnnError `data/csv`, `data/header`, `data/ragged-row`, `data/not-finite`, `data/empty-file`, `data/decimal-mark`
 */
export const parseCsv = csvBy(fieldsOf);
