/** What one pass over tables keeps of them, so that afterwards any beginning of it can be told apart. */

import type { Table } from "./table.ts";
import { ColumnTally } from "./tally.ts";

/** Tallies of several columns over the same steps. */
export class Tally {
  /** Steps. */
  rows = 0;
  readonly columns = new Map<string, ColumnTally>();
  private readonly mostLevels: (name: string) => number;

  /** @param mostLevels beyond which the levels of a column are no longer told apart */
  constructor(mostLevels: (name: string) => number) {
    this.mostLevels = mostLevels;
  }

  column(name: string): ColumnTally {
    let tally = this.columns.get(name);
    if (tally === undefined) {
      tally = new ColumnTally(this.mostLevels(name));
      this.columns.set(name, tally);
    }
    return tally;
  }

  /** Takes in rows `from` (included) to `to` (not included) of a table. */
  add(table: Table, from = 0, to = table.rows): void {
    this.rows += to - from;
    for (const [name, cells] of table.columns) {
      const tally = this.column(name);
      let row = from;
      const at = () => table.at(name, row);
      const written = table.written?.get(name) ?? cells;
      for (; row < to; row++) tally.add(cells[row]!, at, written[row]!);
    }
  }

  merge(other: Tally): void {
    this.rows += other.rows;
    for (const [name, tally] of other.columns) this.column(name).merge(tally);
  }
}

/**
 * Tallies of consecutive positions, kept so that the tally of any beginning can be told afterwards: positions are gathered
 * in at most 64 blocks, which become twice as wide when they no longer suffice.
 */
export class Blocks {
  private readonly blocks: Tally[] = [];
  private width = 1;
  /** How many positions there are. */
  private count = 0;
  private readonly empty: () => Tally;

  constructor(empty: () => Tally) {
    this.empty = empty;
  }

  /** Takes in a table that stands at one position. */
  add(position: number, table: Table): void {
    this.makeRoom(position + 1);
    this.blocks[Math.floor(position / this.width)]!.add(table);
  }

  /** Takes in the rows of a table, each at a position of its own. */
  addRows(position: number, table: Table): void {
    this.makeRoom(position + table.rows);
    for (let row = 0; row < table.rows; ) {
      const block = Math.floor((position + row) / this.width);
      const end = Math.min(table.rows, (block + 1) * this.width - position);
      this.blocks[block]!.add(table, row, end);
      row = end;
    }
  }

  /** Takes in what was gathered elsewhere, at one position. */
  merge(position: number, tally: Tally): void {
    this.makeRoom(position + 1);
    this.blocks[Math.floor(position / this.width)]!.merge(tally);
  }

  /** The tally of the positions before `end`, up to `from`: those from there to `end` stand within a block. */
  before(end: number): { readonly tally: Tally; readonly from: number } {
    const whole = end >= this.count ? this.blocks.length : Math.floor(end / this.width);
    const tally = this.empty();
    for (const block of this.blocks.slice(0, whole)) tally.merge(block);
    return { tally, from: Math.min(end, whole * this.width) };
  }

  /** The tally of all positions. */
  get all(): Tally {
    return this.before(this.count).tally;
  }

  private makeRoom(count: number): void {
    this.count = Math.max(this.count, count);
    while (this.count > this.width * MOST_BLOCKS) this.widen();
    while (this.blocks.length * this.width < this.count) this.blocks.push(this.empty());
  }

  /** Blocks two by two become one. */
  private widen(): void {
    const narrow = this.blocks.splice(0);
    narrow.forEach((block, i) => {
      if (i % 2 === 0) this.blocks.push(block);
      else this.blocks[i >> 1]!.merge(block);
    });
    this.width *= 2;
  }
}

const MOST_BLOCKS = 64;
