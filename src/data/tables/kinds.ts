import { VrnnError } from "../../errors.ts";
import type { ColumnKind } from "../dataset.ts";
import { binaryOf, type Cell, isMissing } from "./cells.ts";
import { cellsOf, type Table } from "./table.ts";

/** Text with more levels than this is no category unless the user says so. */
export const MOST_LEVELS = 64;

/** What the kind of a column is told by. */
export interface KindTally {
  readonly numbers: number;
  readonly texts: number;
  /** Whether all observed cells are 0, 1, true, false, yes or no. */
  readonly isBinary: boolean;
  /** How many different cells there are; from `MOST_LEVELS` + 1 on they need not be counted. */
  readonly levels: number;
}

/** Where a column stands, for messages: the column as a whole, and its first text. */
export interface KindPlaces {
  readonly at: string;
  readonly firstText: () => { readonly at: string; readonly text: string };
}

/**
 * The kind that the observed cells of a column speak for: binary when all are 0, 1, true, false, yes or no; real when
 * all are numbers; else categorical.
 *
 * @throws VrnnError `data/only-missing` when nothing is observed, `data/not-a-number` for text among mostly numbers,
 * `data/too-many-levels` for text of more than 64 levels.
 */
export function kindOf(
  name: string,
  { numbers, texts, isBinary, levels }: KindTally,
  places: KindPlaces,
): ColumnKind {
  if (numbers + texts === 0) throw onlyMissing(name, places.at);
  if (isBinary) return "binary";
  if (texts === 0) return "real";
  if (numbers > texts) throw strayText(places.firstText());
  if (levels > MOST_LEVELS) throw tooManyLevels(name, places.firstText());
  return "categorical";
}

/** The kind of a column of tables; see `kindOf`, also for what it throws. */
export function inferKind(name: string, tables: readonly Table[]): ColumnKind {
  const levels = new Set<string>();
  let numbers = 0;
  let texts = 0;
  let isBinary = true;
  for (const cell of observedCells(name, tables)) {
    if (typeof cell === "number") numbers += 1;
    else texts += 1;
    isBinary &&= binaryOf(cell) !== undefined;
    if (levels.size <= MOST_LEVELS) levels.add(String(cell));
  }
  const places = { at: tables[0]!.at(name), firstText: () => firstText(name, tables) };
  return kindOf(name, { numbers, texts, isBinary, levels: levels.size }, places);
}

function* observedCells(name: string, tables: readonly Table[]): Generator<Cell> {
  for (const table of tables) {
    for (const cell of cellsOf(table, name)) if (!isMissing(cell)) yield cell;
  }
}

/** The error for a column without values, overall or in the training split. */
export function onlyMissing(name: string, at: string, where = ""): VrnnError {
  return new VrnnError("data/only-missing", `the column holds only missing values${where}`, {
    at,
    remedy: `leave it out with the option drop: "${name}"`,
  });
}

function firstText(name: string, tables: readonly Table[]): { at: string; text: string } {
  const isText = (cell: Cell) => typeof cell === "string";
  const table = tables.find((candidate) => cellsOf(candidate, name).some(isText))!;
  const row = cellsOf(table, name).findIndex(isText);
  return { at: table.at(name, row), text: String(cellsOf(table, name)[row]) };
}

function strayText({ at, text }: { readonly at: string; readonly text: string }): VrnnError {
  return new VrnnError("data/not-a-number", `"${text}" is no number, though most of the column are`, {
    at,
    remedy: `mend it, or read it as missing with the option missing: "${text}"`,
  });
}

function tooManyLevels(
  name: string,
  { at, text }: { readonly at: string; readonly text: string },
): VrnnError {
  return new VrnnError(
    "data/too-many-levels",
    `the column holds text ("${text}", ...) of over ${MOST_LEVELS} levels`,
    {
      at,
      remedy: `leave it out with the option drop: "${name}"`,
    },
  );
}

/**
 * The distinct observed values, in order: numbers by size, then texts by their characters.
 *
 * @example
 * levelsOf(["idle", 10, 9, "busy", "idle"]); // ["9", "10", "busy", "idle"]
 */
export function levelsOf(cells: readonly Cell[]): string[] {
  const distinct = [...new Set(cells.filter((cell) => !isMissing(cell)))];
  return distinct.sort(inOrder).map(String);
}

function inOrder(a: Cell, b: Cell): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return a < b ? -1 : 1;
}
