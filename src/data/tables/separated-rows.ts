/** Some rows of separated values as a table, when it is known how their columns are written. */
import { type Cell, type CellReader, isMissing } from "./cells.ts";
import { LineNumbers } from "./line-numbers.ts";
import { readByMark } from "./numerals.ts";
import { eachPlainRow, isPlainText, type PlainSink } from "./plain-rows.ts";
import { cellsBy, type NameColumns, nameColumns } from "./reading.ts";
import { eachRow, refuseRagged } from "./rows.ts";
import type { SchemaOptions } from "./schema.ts";
import type { Reading, SeparatedHead } from "./separated-head.ts";
import { finite, type Table } from "./table.ts";
import type { Ways } from "./ways.ts";

/** Reads rows that stand anywhere in a file. */
export class RowsReader {
  readonly cells: CellReader;
  private readonly file: string;
  private readonly head: SeparatedHead;
  private readonly reading: Reading;
  private readonly names: NameColumns;
  private readonly numeric: ReadonlySet<string>;
  private readonly written: ReadonlySet<string>;
  private readonly ofNames: ReadonlySet<string>;

  constructor(file: string, head: SeparatedHead, reading: Reading, options: SchemaOptions) {
    this.file = file;
    this.head = head;
    this.reading = reading;
    this.cells = cellsBy(options);
    this.names = nameColumns(options);
    this.numeric = new Set(reading.numeric);
    this.written = new Set(reading.written);
    this.ofNames = new Set(reading.ofNames);
  }

  /**
   * The table of some rows.
   *
   * @param line that the text begins on
   * @param ways takes in how the numbers of each column are written, by their places
   * @throws VrnnError `data/ragged-row`, `data/csv`, `data/not-finite`
   */
  table(text: string, line: number, ways?: readonly Ways[]): Table {
    const { head, file, cells } = this;
    const rows = new Rows(file, head, this.columns(ways));
    const place = { file, delimiter: head.delimiter, firstLine: line, header: head.names };
    if (isPlainText(text, place)) eachPlainRow(text, place, rows);
    else
      eachRow(this.isOneColumn ? withoutBlanks(text) : text, place, (fields, at) => rows.addRow(fields, at));
    return { name: "", file, ...rows.read, missingWords: cells.missingWords, notes: [], at: rows.at };
  }

  /** Whether the cells of a column are names, whatever they write. */
  isName(name: string): boolean {
    return this.names.has(name);
  }

  private get isOneColumn(): boolean {
    return this.head.names.length === 1;
  }

  private columns(ways: readonly Ways[] | undefined): RowsColumn[] {
    const { head, cells, names } = this;
    const { decimal } = this.reading;
    const { numeric, written, ofNames } = this;
    return head.names.map((name, i) => {
      const levels = names.get(name);
      return new RowsColumn({
        ...{ name, cells, levels, ways: levels === undefined ? ways?.[i] : undefined },
        mark: numeric.has(name) ? decimal : undefined,
        isWritten: written.has(name),
        isOfNames: ofNames.has(name),
        isChecked: ways === undefined,
      });
    });
  }
}

/** Blank lines of a table of one column are missing values, at the beginning and the end of some rows too. */
const withoutBlanks = (text: string): string => text.replace(/^[ \t]*(?=\r?$)/gm, '""');

/** How a column is read. */
interface ColumnReading {
  readonly name: string;
  readonly cells: CellReader;
  /** Of a column of names, those that a trained model knows. */
  readonly levels: ReadonlySet<string> | undefined;
  readonly ways: Ways | undefined;
  /** What sets off the decimals of a column of numbers. */
  readonly mark: Reading["decimal"] | undefined;
  readonly isWritten: boolean;
  readonly isOfNames: boolean;
  /** Whether a number that is too large is refused; else what is gathered tells of it. */
  readonly isChecked: boolean;
}

/** A column of some rows. */
class RowsColumn {
  readonly name: string;
  readonly read: Cell[] = [];
  readonly written: Cell[] | undefined;
  private readonly how: ColumnReading;

  constructor(how: ColumnReading) {
    this.name = how.name;
    this.how = how;
    this.written = how.isWritten ? [] : undefined;
  }

  isSettled(hasPoint: boolean): boolean {
    const { isWritten, levels, ways, mark } = this.how;
    return !isWritten && levels === undefined && mark !== "comma" && (ways?.isSettled(hasPoint) ?? true);
  }

  number(value: number): void {
    const cell = this.how.cells.number(value);
    this.read.push(cell);
    if (!isMissing(cell)) this.how.ways?.addMore(1);
  }

  text(text: string, at: () => string, line: number): void {
    const { cells, levels, ways, mark, isOfNames, isChecked } = this.how;
    const plain = levels ? cells.name(text, levels) : cells.text(text);
    ways?.add(text, plain, line);
    const cell = mark === undefined ? plain : readByMark(plain, text, mark);
    const isInfinite = typeof cell === "number" && Math.abs(cell) === Number.POSITIVE_INFINITY;
    if (isInfinite && !isOfNames && isChecked) finite(cell, at);
    const settled = isInfinite && isOfNames ? text.trim() : cell;
    this.read.push(settled);
    this.written?.push(isMissing(settled) ? Number.NaN : text.trim());
  }
}

/** Rows that are read one after the other. */
class Rows implements PlainSink {
  private readonly file: string;
  private readonly head: SeparatedHead;
  private readonly columns: readonly RowsColumn[];
  private readonly lines = new LineNumbers();
  /** The line that is read. */
  private line = 0;

  constructor(file: string, head: SeparatedHead, columns: readonly RowsColumn[]) {
    this.file = file;
    this.head = head;
    this.columns = columns;
  }

  wants(column: number): boolean {
    return column < this.columns.length;
  }

  isSettled(column: number, hasPoint: boolean): boolean {
    return this.columns[column]!.isSettled(hasPoint);
  }

  number(column: number, value: number): void {
    this.columns[column]!.number(value);
  }

  text(column: number, text: string): void {
    const own = this.columns[column]!;
    own.text(text, () => `${this.file}:${this.line}, column "${own.name}"`, this.line);
  }

  begin(line: number): void {
    this.line = line;
  }

  endRow(fields: number, line: number): boolean {
    const width = this.columns.length;
    if (fields === 0 && width > 1) return true;
    if (fields === 0) this.text(0, "");
    else if (fields !== width) this.refuse(fields, line);
    this.lines.add(line);
    return true;
  }

  /** Takes in a row whose fields are known. */
  addRow(fields: readonly string[], line: number): void {
    if (fields.length !== this.columns.length) this.refuse(fields.length, line);
    this.begin(line);
    for (const [column, text] of fields.entries()) this.text(column, text);
    this.lines.add(line);
  }

  private refuse(fields: number, line: number): void {
    refuseRagged({ fields: new Array<string>(fields), line }, this.head.names, this.file);
  }

  get at(): Table["at"] {
    const { file, lines, head } = this;
    return (column, row) =>
      `${file}:${row === undefined ? head.headerLine : lines.at(row)}, column "${column}"`;
  }

  get read(): Pick<Table, "rows" | "columns" | "written"> {
    return {
      rows: this.lines.length,
      columns: new Map(this.columns.map(({ name, read }) => [name, read])),
      written: new Map(this.columns.flatMap(({ name, written }) => (written ? [[name, written]] : []))),
    };
  }
}
