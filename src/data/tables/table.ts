import { VrnnError } from "../../errors.ts";
import { didYouMean } from "../../words/nearest.ts";
import type { SplitName } from "../dataset.ts";
import type { SplitPart } from "../split.ts";
import type { DecimalMark } from "./answers.ts";
import { type Cell, type Cells, isMissing } from "./cells.ts";
import { cellsFrom } from "./texts.ts";

/** One sequence as a reader hands it over: named columns of untyped cells. */
export interface Table {
  /** The name of the sequence. */
  readonly name: string;
  readonly file: string;
  /** The split that the file's place or content asked for. */
  readonly split?: SplitName | undefined;
  readonly rows: number;
  /** The cells of each column, `rows` of them, in the order of the file. */
  readonly columns: ReadonlyMap<string, Cells>;
  /** The cells of some columns as text as it was written, which tells `007` from `7`; of others their numbers say as much. */
  readonly written?: ReadonlyMap<string, Cells> | undefined;
  /** What set off the decimals of its numbers; absent where nothing of it was read by a mark. */
  readonly decimal?: DecimalMark | undefined;
  /** Columns that number the rows. */
  readonly rowNumbers?: readonly string[] | undefined;
  /** How often each word was read as missing, in the whole file. */
  readonly missingWords?: ReadonlyMap<string, number> | undefined;
  /** What the reader decided, for a person to read. */
  readonly notes: readonly string[];
  /** Where a column, or one of its cells, stands in the file, for messages. */
  at(column: string, row?: number): string;
}

/** The cells of a column that the table is known to have. */
export function cellsOf(table: Table, column: string): Cells {
  return table.columns.get(column)!;
}

/** The cells of some stretches of rows, one after the other. */
export function* cellsAmong(
  stretches: readonly Pick<SplitPart, "index" | "start" | "end">[],
  cellsIn: (table: number) => Cells,
): Generator<Cell> {
  for (const { index, start, end } of stretches) {
    const cells = cellsIn(index);
    for (let row = start; row < end; row++) yield cells[row]!;
  }
}

/**
 * The cells of a column as names or levels: text as it was written, NaN where it is missing.
 *
 * @throws VrnnError `data/long-number` for a whole number that JSON cannot tell from its neighbours.
 */
export function namesIn(table: Table, column: string): Cells {
  const cells = table.written?.get(column) ?? cellsOf(table, column);
  if (cells.every((cell) => typeof cell === "string" || isMissing(cell))) return cells;
  return cellsFrom(cells.length, (row) => nameOf(cells[row]!, () => table.at(column, row)));
}

/** A cell as a name or a level; see `namesIn`. */
export function nameOf(cell: Cell, at: () => string): Cell {
  if (typeof cell === "string" || isMissing(cell)) return cell;
  if (!Number.isInteger(cell) || Number.isSafeInteger(cell)) return String(cell);
  throw new VrnnError("data/long-number", `${cell} has more digits than a number of JSON keeps`, {
    at: at(),
    remedy: "write names and ids of so many digits as text, in quotes",
  });
}

/**
 * Refuses a value that is not finite; everything that is read passes through here.
 *
 * @throws VrnnError `data/not-finite`
 */
export function finite(cell: Cell, at: () => string): Cell {
  if (cell !== Number.POSITIVE_INFINITY && cell !== Number.NEGATIVE_INFINITY) return cell;
  throw new VrnnError("data/not-finite", "an infinite value", {
    at: at(),
    remedy: 'write a finite number, or leave the cell empty to say "missing"',
  });
}

/**
 * The names that all tables share, in the order of the first.
 *
 * @throws VrnnError `data/schema` when a table lacks a column that the first has, or has one more.
 */
export function sharedColumns(tables: readonly Table[]): string[] {
  const [first, ...others] = tables;
  const names = [...first!.columns.keys()];
  for (const other of others) {
    for (const name of names) refuseDifference(other, first!, name);
    for (const name of other.columns.keys()) refuseDifference(first!, other, name);
  }
  return names;
}

function refuseDifference(table: Table, having: Table, name: string): void {
  if (table.columns.has(name)) return;
  throw new VrnnError("data/schema", `there is no column "${name}", which ${having.file} has`, {
    at: table.file,
    remedy: "give all sequences the same columns",
  });
}

/**
 * One table for each value of a column that an option names, in the order of first appearance; the column itself is left out.
 *
 * @throws VrnnError `data/unknown-column`, and `data/sequence` when a row does not say which sequence it belongs to.
 */
export function groupedBy(table: Table, column: string): Table[] {
  requireColumn(column, table.columns.keys(), "sequence", table.file);
  const groups = new Map<string, number[]>();
  for (const [row, cell] of namesIn(table, column).entries()) {
    if (isMissing(cell)) throw missingSequence(table.at(column, row), table.missingWords);
    const rows = groups.get(String(cell));
    if (rows) rows.push(row);
    else groups.set(String(cell), [row]);
  }
  return [...groups].map(([name, rows]) => pickRows(table, name, rows, column));
}

/** The error for a row that does not say which sequence it belongs to. */
export function missingSequence(at: string, words: ReadonlyMap<string, number> = new Map()): VrnnError {
  const shown = [...words.keys()].slice(0, 3).map((word) => `"${word}"`);
  const taken = `, or take back a word that was read as missing (${shown.join(", ")}) with the option not-missing`;
  return new VrnnError("data/sequence", "the row does not say which sequence it belongs to", {
    at,
    remedy: `fill in the cell${shown.length > 0 ? taken : ""}`,
  });
}

function pickRows(table: Table, name: string, rows: readonly number[], without: string): Table {
  const pick = (columns: ReadonlyMap<string, Cells>) =>
    new Map(
      [...columns]
        .filter(([key]) => key !== without)
        .map(([key, cells]) => [key, cellsFrom(rows.length, (i) => cells[rows[i]!]!)]),
    );
  const at = (column: string, row?: number) => table.at(column, row === undefined ? undefined : rows[row]);
  return {
    ...table,
    name,
    rows: rows.length,
    columns: pick(table.columns),
    written: table.written && pick(table.written),
    at,
  };
}

/**
 * Checks that an option names a column that exists.
 *
 * @throws VrnnError `data/unknown-column`, which suggests the nearest name.
 */
export function requireColumn(name: string, known: Iterable<string>, option: string, at: string): void {
  const names = [...known];
  if (names.includes(name)) return;
  const shown = names.length > 12 ? [...names.slice(0, 12), "..."] : names;
  const meant = names.find((each) => each.startsWith(`${name},`));
  throw new VrnnError(
    "data/unknown-column",
    `the option ${option} names a column "${name}" that does not exist`,
    {
      at,
      remedy:
        meant !== undefined
          ? `write a name with a comma in quotes: "${meant}"`
          : didYouMean(name, names, { otherwise: `the columns are ${shown.join(", ")}` }),
    },
  );
}
