/** Columns while they are read: in memory that grows with their characters, not with an object for each cell. */
import type { Cell, Cells } from "./cells.ts";

/** So many texts stand in one string. */
const BLOCK = 1024;

interface Block {
  readonly text: string;
  /** Where each text ends in it. */
  readonly ends: Uint16Array | Uint32Array;
}

function blockOf(texts: readonly string[]): Block {
  const text = texts.join("");
  const ends = new (text.length < 2 ** 16 ? Uint16Array : Uint32Array)(texts.length);
  let end = 0;
  texts.forEach((own, i) => {
    end += own.length;
    ends[i] = end;
  });
  return { text, ends };
}

/** The texts of a column in the order of its rows: their characters, and two bytes for each. */
export class Texts {
  private readonly blocks: Block[];
  /** Those after the last full block. */
  private readonly last: string[];
  /** How many stand before the first row. */
  private readonly start: number;

  constructor(blocks: Block[] = [], last: string[] = [], start = 0) {
    this.blocks = blocks;
    this.last = last;
    this.start = start;
  }

  get length(): number {
    return this.blocks.length * BLOCK + this.last.length - this.start;
  }

  add(text: string): void {
    if (this.last.push(text) === BLOCK) this.blocks.push(blockOf(this.last.splice(0)));
  }

  /** The text of a row that there is. */
  at(row: number): string {
    const place = row + this.start;
    const block = this.blocks[Math.floor(place / BLOCK)];
    const i = place % BLOCK;
    if (block === undefined) return this.last[i]!;
    return block.text.slice(i === 0 ? 0 : block.ends[i - 1]!, block.ends[i]!);
  }

  /** The first rows, as many as there are. */
  head(rows: number): string[] {
    return Array.from({ length: Math.min(rows, this.length) }, (_, row) => this.at(row));
  }

  /** The rows after the first ones, on the same memory. */
  after(rows: number): Texts {
    return new Texts(this.blocks, this.last, this.start + rows);
  }

  /** The first row from one on whose text passes a test, -1 where none does. */
  find(passes: (text: string, row: number) => boolean, from = 0): number {
    for (let row = from; row < this.length; row++) if (passes(this.at(row), row)) return row;
    return -1;
  }
}

/** So many different texts of a column are one object wherever they stand. */
const MOST_SHARED = 65_536;

/** The cells of a column while they are read: numbers side by side until a text comes among them. */
export class GrowingCells {
  length = 0;
  private cells: Float64Array | Cell[];
  private shared: Map<string, string> | undefined;

  /** @param room for so many rows; it grows */
  constructor(room = 16) {
    this.cells = new Float64Array(room);
  }

  at(row: number): Cell {
    return this.cells[row]!;
  }

  /** Rows that are passed over are missing. */
  set(row: number, cell: Cell): void {
    if (row > this.length) this.padTo(row);
    if (typeof cell === "string") this.withTexts()[row] = this.sharedOf(cell);
    else this.withRoom(row)[row] = cell;
    if (row === this.length) this.length += 1;
  }

  /** All of them, up to so many rows; numbers stand side by side where no text is left. */
  upTo(rows: number): Cells {
    this.padTo(rows);
    const { cells } = this;
    if (cells instanceof Float64Array) return cells.length === rows ? cells : cells.subarray(0, rows);
    return cells.every((cell) => typeof cell === "number") ? Float64Array.from(cells) : cells;
  }

  get all(): Cells {
    return this.upTo(this.length);
  }

  private padTo(rows: number): void {
    for (; this.length < rows; this.length++) this.withRoom(this.length)[this.length] = Number.NaN;
  }

  private withRoom(row: number): Float64Array | Cell[] {
    if (!(this.cells instanceof Float64Array) || row < this.cells.length) return this.cells;
    const wider = new Float64Array(Math.max(row + 1, 2 * this.cells.length));
    wider.set(this.cells);
    this.cells = wider;
    return wider;
  }

  private withTexts(): Cell[] {
    if (!(this.cells instanceof Float64Array)) return this.cells;
    const numbers = this.cells;
    const cells: Cell[] = [];
    for (let row = 0; row < this.length; row++) cells.push(numbers[row]!);
    this.cells = cells;
    return cells;
  }

  private sharedOf(text: string): string {
    this.shared ??= new Map();
    const known = this.shared.get(text);
    if (known === undefined && this.shared.size < MOST_SHARED) this.shared.set(text, text);
    return known ?? text;
  }
}
