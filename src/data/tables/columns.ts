/** Columns of text as cells: which of them are numbers, in whatever way these are written, and which are names. */
import type { DecimalMark } from "./answers.ts";
import type { CellReader, Cells } from "./cells.ts";
import { isMissing } from "./cells.ts";
import { readByMark } from "./numerals.ts";
import { finite, type Table } from "./table.ts";
import { cellsFrom, GrowingCells, type Texts } from "./texts.ts";
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
  texts: ReadonlyMap<string, Texts>,
  options: ColumnOptions,
): Pick<Table, "columns" | "written" | "decimal" | "notes"> {
  const { names = new Map<string, ReadonlySet<string>>() } = options;
  const drafts = [...texts].map(([name, own]) => draftOf(name, own, options, names.get(name)));
  const { numeric, decimal, isSeen, notes } = writingOf(drafts, options);
  for (const draft of drafts) {
    if (numeric.has(draft.name)) readNumerals(draft, decimal);
    settleInfinite(draft, options);
  }
  const columns = new Map(drafts.map(({ name, cells }) => [name, cells.all]));
  const written = drafts.filter(({ name, ways }) => ways.isCoded || !numeric.has(name));
  return {
    columns,
    written: new Map(written.map(({ name, texts: own }) => [name, asWritten(own, columns.get(name)!)])),
    decimal: isSeen ? decimal : undefined,
    notes,
  };
}

/** A column before it is known how its numbers are written. */
interface Draft extends WrittenColumn {
  readonly texts: Texts;
  readonly cells: GrowingCells;
}

/** @param levels of a column of names, those that a trained model knows */
function draftOf(
  name: string,
  texts: Texts,
  { cells }: ColumnOptions,
  levels: ReadonlySet<string> | undefined,
): Draft {
  const own = new GrowingCells(texts.length);
  const ways = new Ways();
  const isName = levels !== undefined;
  for (let row = 0; row < texts.length; row++) {
    const text = texts.at(row);
    const cell = isName ? cells.name(text, levels) : cells.text(text);
    own.set(row, cell);
    if (!isName) ways.add(text, cell, row);
  }
  return { name, texts, cells: own, ways, isName };
}

/** Puts numbers in the place of the texts that write them. */
function readNumerals({ texts, cells, ways }: Draft, mark: DecimalMark): void {
  if (mark === "point" && ways.numerals.size === 0) return;
  for (let row = 0; row < texts.length; row++) cells.set(row, readByMark(cells.at(row), texts.at(row), mark));
}

/** A number that is too large is refused among numbers; among names it is one of them. */
function settleInfinite({ name, texts, cells, ways }: Draft, { at }: ColumnOptions): void {
  for (let row = 0; row < texts.length; row++) {
    const cell = cells.at(row);
    if (typeof cell !== "number" || Math.abs(cell) !== Number.POSITIVE_INFINITY) continue;
    if (ways.isOfNames) cells.set(row, texts.at(row).trim());
    else finite(cell, () => at(name, row));
  }
}

/** Cells as text; the same where they are that already. */
function asWritten(texts: Texts, cells: Cells): Cells {
  if (!cells.some((cell) => typeof cell === "number" && !isMissing(cell))) return cells;
  return cellsFrom(cells.length, (row) => (isMissing(cells[row]!) ? Number.NaN : texts.at(row).trim()));
}
