/** The columns of a table that hold plain numbers alone: read into float64 at once, without their texts. */
import { type Cell, type CellReader, type Cells, isDecimal } from "./cells.ts";
import { LineNumbers } from "./line-numbers.ts";
import { eachPlainRow, type PlainSink } from "./plain-rows.ts";
import type { RowsPlace } from "./rows.ts";
import { isCode, Ways } from "./ways.ts";

/** A column of plain numbers and missing cells. */
export class PlainColumn {
  readonly ways = new Ways();
  /** Words that mean "missing", and how often each stands there. */
  private readonly words = new Map<string, number>();
  private readonly values: Float64Array;
  private readonly cells: CellReader;
  private rows = 0;
  /** Whether nothing else was among them. */
  isPlain = true;

  /** @param most how many rows there are at most */
  constructor(most: number, cells: CellReader) {
    this.values = new Float64Array(most);
    this.cells = cells;
  }

  /** Whether the next number tells nothing that is not known of how numbers are written. */
  isSettled(hasPoint: boolean): boolean {
    return this.ways.isSettled(hasPoint);
  }

  add(value: number): void {
    const cell = this.cells.number(value) as number;
    this.values[this.rows++] = cell;
    if (!Number.isNaN(cell)) this.ways.addMore(1);
  }

  addText(text: string): void {
    const row = this.rows++;
    const cell = isDecimal(text) ? this.cells.number(Number(text)) : this.missing(text);
    this.isPlain = typeof cell === "number" && Math.abs(cell) !== Number.POSITIVE_INFINITY && !isCode(text);
    if (!this.isPlain) return;
    this.ways.add(text, cell, row);
    this.values[row] = cell as number;
  }

  /** Whether it is one of plain numbers, whose points set off decimals beyond doubt. */
  get isSure(): boolean {
    return this.isPlain && (!this.ways.hasPoint || this.ways.plainPoint !== undefined);
  }

  get isEmpty(): boolean {
    return this.ways.numbers === 0 && this.words.size === 0;
  }

  /** All cells; the words among them are counted. */
  read(): Cells {
    for (const [word, times] of this.words) this.cells.countMissing(word, times);
    return this.rows === this.values.length ? this.values : this.values.slice(0, this.rows);
  }

  /** NaN for a word that means "missing", else the word. */
  private missing(text: string): Cell {
    if (!this.cells.isMissing(text)) return text;
    if (text !== "") this.words.set(text, (this.words.get(text) ?? 0) + 1);
    return Number.NaN;
  }
}

/** Which columns of a table may be read so. */
export interface WantedPlain {
  readonly width: number;
  /** How many rows stand before the data. */
  readonly headerRows: number;
  /** Whether a column may be one of plain numbers, by its place. */
  readonly mayBePlain: (column: number) => boolean;
}

/** The columns of plain numbers of a table by their places, and the lines of its rows, the header among them. */
export interface PlainTable {
  readonly columns: ReadonlyMap<number, PlainColumn>;
  readonly lines: LineNumbers;
}

/** The columns of plain numbers of a text that is one of such (`isPlainText`); undefined where a row has another width. */
export function plainTable(
  text: string,
  place: RowsPlace,
  wanted: WantedPlain,
  cells: CellReader,
): PlainTable | undefined {
  const gathering = new Gathering(wanted, linesOf(text), cells);
  eachPlainRow(text, place, gathering);
  return gathering.table;
}

/** How many lines a text has at most. */
function linesOf(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

class Gathering implements PlainSink {
  private readonly columns: readonly (PlainColumn | undefined)[];
  private readonly lines = new LineNumbers();
  private readonly wanted: WantedPlain;
  /** Whether a line is blank that may be a missing value of a table of one column. */
  private isBlank = false;
  private isRagged = false;

  constructor(wanted: WantedPlain, most: number, cells: CellReader) {
    this.wanted = wanted;
    this.columns = Array.from({ length: wanted.width }, (_, column) =>
      wanted.mayBePlain(column) ? new PlainColumn(most, cells) : undefined,
    );
  }

  wants(column: number): boolean {
    return this.lines.length >= this.wanted.headerRows && this.columns[column]?.isPlain === true;
  }

  isSettled(column: number, hasPoint: boolean): boolean {
    return this.columns[column]!.isSettled(hasPoint);
  }

  number(column: number, value: number): void {
    this.columns[column]!.add(value);
  }

  text(column: number, text: string): void {
    this.columns[column]!.addText(text);
  }

  endRow(fields: number, line: number): boolean {
    const { width } = this.wanted;
    if (fields === 0) {
      this.isBlank = width === 1;
      return true;
    }
    this.isRagged = fields !== width || this.isBlank;
    this.lines.add(line);
    return !this.isRagged;
  }

  get table(): PlainTable | undefined {
    if (this.isRagged) return undefined;
    const sure = [...this.columns.entries()].filter(
      (entry): entry is [number, PlainColumn] => entry[1]?.isSure === true,
    );
    return { columns: new Map(sure), lines: this.lines };
  }
}
