/** Columns while they are read: in memory that grows with their characters, not with an object for each cell. */
import type { Cell, Cells } from "./cells.ts";

/** So many texts stand in one string. */
const BLOCK = 1024;

/** Stands between the texts of a block. */
const BETWEEN = "\0";

/** Texts in one string; side by side where what stands between them is in one of them, which no file of text has. */
type Block = string | readonly string[];

const blockOf = (texts: readonly string[]): Block =>
  texts.some((text) => text.includes(BETWEEN)) ? texts : texts.join(BETWEEN);

const textsOf = (block: Block): readonly string[] =>
  typeof block === "string" ? block.split(BETWEEN) : block;

/** The same text in memory of its own: a piece of a longer one keeps all of that alive. */
export const ownText = (text: string): string => text.split("").join("");

/** The texts of a column in the order of its rows: their characters, and one more for each. */
export class Texts {
  private readonly blocks: Block[];
  /** Those after the last full block. */
  private readonly last: string[];
  /** How many stand before the first row. */
  private readonly start: number;
  /** The block that was read last: rows are mostly read one after the other. */
  private open: { readonly place: number; readonly texts: readonly string[] } | undefined;

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
    return this.blockAt(Math.floor(place / BLOCK))[place % BLOCK]!;
  }

  private blockAt(place: number): readonly string[] {
    const block = this.blocks[place];
    if (block === undefined) return this.last;
    if (this.open?.place !== place) this.open = { place, texts: textsOf(block) };
    return this.open.texts;
  }

  /** The rows after the first ones, on the same memory. */
  after(rows: number): Texts {
    return new Texts(this.blocks, this.last, this.start + rows);
  }

  get isEmpty(): boolean {
    return this.find((text) => text !== "") < 0;
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
  private cells: Float64Array | Cell[];
  /** How many rows were set. */
  private filled = 0;
  private readonly shared = new Map<string, string>();

  constructor(length: number) {
    this.cells = new Float64Array(length);
  }

  at(row: number): Cell {
    return this.cells[row]!;
  }

  /** Rows are set in their order the first time. */
  set(row: number, cell: Cell): void {
    if (typeof cell === "string" && this.cells instanceof Float64Array) this.cells = this.mixed(this.cells);
    this.cells[row] = typeof cell === "string" ? this.sharedOf(cell) : cell;
    if (row === this.filled) this.filled += 1;
  }

  /** As many places at once as there are rows: an array that grows is copied, and held twice, again and again. */
  private mixed(numbers: Float64Array): Cell[] {
    const cells = new Array<Cell>(numbers.length);
    for (let row = 0; row < this.filled; row++) cells[row] = numbers[row]!;
    return cells;
  }

  /** All of them; numbers stand side by side where no text is left. */
  get all(): Cells {
    const { cells } = this;
    if (cells instanceof Float64Array || !cells.every((cell) => typeof cell === "number")) return cells;
    return Float64Array.from(cells);
  }

  private sharedOf(text: string): string {
    const { shared } = this;
    if (!shared.has(text) && shared.size < MOST_SHARED) shared.set(text, text);
    return shared.get(text) ?? text;
  }
}

/** So many cells, each told by its row. */
export function cellsFrom(length: number, cellAt: (row: number) => Cell): Cells {
  const cells = new GrowingCells(length);
  for (let row = 0; row < length; row++) cells.set(row, cellAt(row));
  return cells.all;
}
