/** Columns of text as cells: which of them are numbers, in whatever way these are written, and which are names. */
import type { DecimalMark } from "./answers.ts";
import type { CellReader, Cells } from "./cells.ts";
import { isMissing } from "./cells.ts";
import { readByMark } from "./numerals.ts";
import type { PlainColumn } from "./plain-columns.ts";
import { finite, type Table } from "./table.ts";
import { cellsFrom, GrowingCells, Texts } from "./texts.ts";
import { Ways } from "./ways.ts";
import { type WritingOptions, type WrittenColumn, writingOf } from "./writing.ts";

/** What is said of the texts of a table. */
export interface TextOptions extends Pick<WritingOptions, "decimal" | "dropped"> {
  /** Columns whose cells are names, and are told apart as they are written; the levels of those that a model knows. */
  readonly names?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
}

interface ColumnOptions extends TextOptions, WritingOptions {
  readonly cells: CellReader;
}

/**
 * The cells of columns of text. A column of which most are numbers in some way, $1,100.00 or 18,5 or 45 %, holds numbers, as
 * long as they are in one unit; 1.234 is read by what the other numbers of the file say. Any other keeps its texts.
 *
 * @throws VrnnError `data/not-finite`, `data/decimal-mark` when points and commas set off decimals in one file, or when nothing
 * says which do.
 */
export function columnReader(
  columns: ReadonlyMap<string, Texts | PlainColumn>,
  options: ColumnOptions,
): Pick<Table, "columns" | "written" | "decimal" | "notes"> {
  const drafts = [...columns].map(([name, own]) =>
    own instanceof Texts
      ? new TextDraft(name, own, options)
      : { name, ways: own.ways, isName: false, read: () => ({ cells: own.read() }) },
  );
  const { numeric, decimal, isSeen, notes } = writingOf(drafts, options);
  const read = drafts.map((draft): [string, ReadColumn] => [
    draft.name,
    draft.read(numeric.has(draft.name) ? decimal : undefined),
  ]);
  return {
    columns: new Map(read.map(([name, { cells }]) => [name, cells])),
    written: new Map(read.flatMap(([name, { written }]) => (written ? [[name, written]] : []))),
    decimal: isSeen ? decimal : undefined,
    notes,
  };
}

interface ReadColumn {
  readonly cells: Cells;
  /** As it was written, where that tells more. */
  readonly written?: Cells;
}

/** A column before it is known how its numbers are written. */
interface Draft extends WrittenColumn {
  /** @param mark what sets off decimals, where it is a column of numbers */
  read(mark: DecimalMark | undefined): ReadColumn;
}

/** A column of texts. */
export class TextDraft implements Draft {
  readonly name: string;
  readonly ways = new Ways();
  readonly isName: boolean;
  private readonly texts: Texts;
  private readonly cells: GrowingCells;
  private readonly at: ColumnOptions["at"];

  constructor(
    name: string,
    texts: Texts,
    { cells, names, at }: Pick<ColumnOptions, "cells" | "names" | "at">,
  ) {
    const levels = names?.get(name);
    [this.name, this.texts, this.at, this.isName] = [name, texts, at, levels !== undefined];
    this.cells = new GrowingCells(texts.length);
    for (let row = 0; row < texts.length; row++) {
      const text = texts.at(row);
      const cell = levels ? cells.name(text, levels) : cells.text(text);
      this.cells.set(row, cell);
      if (!this.isName) this.ways.add(text, cell, row);
    }
  }

  read(mark: DecimalMark | undefined): ReadColumn {
    if (mark !== undefined) this.readNumerals(mark);
    this.settleInfinite();
    const cells = this.cells.all;
    return this.ways.isCoded || mark === undefined ? { cells, written: this.asWritten(cells) } : { cells };
  }

  /** Puts numbers in the place of the texts that write them. */
  private readNumerals(mark: DecimalMark): void {
    const { texts, cells } = this;
    if (mark === "point" && this.ways.numerals.size === 0) return;
    for (let row = 0; row < texts.length; row++)
      cells.set(row, readByMark(cells.at(row), texts.at(row), mark));
  }

  /** A number that is too large is refused among numbers; among names it is one of them. */
  private settleInfinite(): void {
    const { texts, cells } = this;
    for (let row = 0; row < texts.length; row++) {
      const cell = cells.at(row);
      if (typeof cell !== "number" || Math.abs(cell) !== Number.POSITIVE_INFINITY) continue;
      if (this.ways.isOfNames) cells.set(row, texts.at(row).trim());
      else finite(cell, () => this.at(this.name, row));
    }
  }

  /** Cells as text; the same where they are that already. */
  private asWritten(cells: Cells): Cells {
    if (!cells.some((cell) => typeof cell === "number" && !isMissing(cell))) return cells;
    return cellsFrom(cells.length, (row) =>
      isMissing(cells[row]!) ? Number.NaN : this.texts.at(row).trim(),
    );
  }
}
