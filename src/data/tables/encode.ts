import { VrnnError } from "../../errors.ts";
import type { Column, ColumnKind, Sequence, TimeColumn } from "../dataset.ts";
import { binaryOf, type Cell, isDecimal, isMissing } from "./cells.ts";
import { cellsOf, namesIn, type Table } from "./table.ts";
import { timesOf } from "./time.ts";

/** What the number of a cell depends on. */
export type Coding = Pick<Column, "name" | "kind" | "levels" | "range">;

/** A column of all tables as numbers. */
export interface EncodedColumn {
  /** For each table its entries: NaN is missing, a level is its index. */
  readonly values: readonly Float64Array[];
  readonly notes: readonly string[];
}

type Encode = (cell: Cell) => number | undefined;

/** A number that passes a test. */
const numberThat =
  (passes: (value: number) => boolean): Encode =>
  (cell) =>
    typeof cell === "number" && passes(cell) ? cell : undefined;

interface KindCoding {
  /** What turns an observed cell into its number, or undefined when it does not fit the kind. */
  readonly encoder: (coding: Coding) => Encode;
  /** What a cell has to be, for messages. */
  readonly expected: string;
}

/** Sound samples of 16 bits have the widest range that formats use. */
const widest: readonly [number, number] = [-32_768, 65_535];

const KINDS: Readonly<Record<ColumnKind, KindCoding>> = {
  real: {
    encoder: () => (cell) => (typeof cell === "number" ? cell : binaryOf(cell)),
    expected: "number",
  },
  binary: { encoder: () => binaryOf, expected: "0 or 1, true or false, yes or no" },
  categorical: {
    encoder: ({ levels }) => {
      const indices = new Map(levels.map((level, index) => [level, index]));
      return (cell) => indices.get(String(cell));
    },
    expected: "level",
  },
  count: {
    encoder: () => numberThat((value) => Number.isInteger(value) && value >= 0),
    expected: "whole number from 0",
  },
  proportion: {
    encoder: () => numberThat((value) => value >= 0 && value <= 1),
    expected: "share from 0 to 1",
  },
  quantised: {
    encoder: ({ range: [lowest, highest] = widest }) =>
      numberThat((value) => Number.isInteger(value) && value >= lowest && value <= highest),
    expected: "whole number of 8 or 16 bits, within the range of the training data's format",
  },
};

/**
 * Turns a column of all tables into numbers. A level that the column does not know counts as missing and leaves a note.
 *
 * @throws VrnnError `data/kind` for a cell that is no number or no yes or no, where the kind asks for one.
 */
export function encodeColumn(tables: readonly Table[], coding: Coding): EncodedColumn {
  const [unseen, respelt] = [new Map<string, number>(), new Set<string>()];
  const encodeCell = cellEncoder(
    coding,
    (level) => unseen.set(level, (unseen.get(level) ?? 0) + 1),
    (level) => respelt.add(level),
  );
  const cellsIn = coding.kind === "categorical" ? namesIn : cellsOf;
  const values = tables.map((table) => {
    const cells = cellsIn(table, coding.name);
    // A real column of numbers alone is what it would become.
    if (coding.kind === "real" && cells instanceof Float64Array) return cells;
    return Float64Array.from({ length: cells.length }, (_, row) =>
      encodeCell(cells[row]!, () => table.at(coding.name, row)),
    );
  });
  const notes = unseen.size > 0 ? [unseenNote(coding.name, unseen)] : [];
  return {
    values,
    notes: [...notes, ...[...respelt].slice(0, 3).map((level) => respeltNote(coding.name, level))],
  };
}

/**
 * Turns the cells of a column into numbers, one at a time.
 *
 * @param onUnseen is told of a level that the column does not know, which counts as missing.
 * @param onRespelt is told of one that it knows by the number alone.
 * @throws VrnnError `data/kind`, when it is called, for a cell that does not fit the column's kind.
 */
export function cellEncoder(
  coding: Coding,
  onUnseen: (level: string) => void,
  onRespelt: (level: string) => void = () => {},
): (cell: Cell, at: () => string) => number {
  const encode = KINDS[coding.kind].encoder(coding);
  const isOlder = coding.kind === "categorical" && coding.levels.every(isPlainly);
  return (cell, at) => {
    const value = isMissing(cell) ? Number.NaN : encode(cell);
    if (value !== undefined) return value;
    if (coding.kind !== "categorical") throw misfit(cell, coding, at());
    const older = isOlder && isDecimal(String(cell)) ? encode(String(Number(cell))) : undefined;
    if (older !== undefined) {
      onRespelt(String(cell));
      return older;
    }
    onUnseen(String(cell));
    return Number.NaN;
  };
}

/** Whether a level is no number, or one as it is written shortest: older runs kept 007 as 7, and know no other. */
const isPlainly = (level: string): boolean => !isDecimal(level) || String(Number(level)) === level;

/** What is told of a level that was found by its number. */
export const respeltNote = (name: string, level: string): string =>
  `column "${name}": "${level}" was taken for the level "${Number(level)}"`;

function misfit(cell: Cell, { kind }: Coding, at: string): VrnnError {
  return new VrnnError("data/kind", `"${cell}" is no ${KINDS[kind].expected}, but the column is ${kind}`, {
    at,
    remedy: `mend it, or read it as missing with the option missing: "${cell}"`,
  });
}

/** What is told of levels that occur outside the training split alone, with how often they do. */
export function unseenNote(name: string, unseen: ReadonlyMap<string, number>): string {
  const entries = [...unseen.values()].reduce((sum, count) => sum + count, 0);
  const shown = [...unseen.keys()].slice(0, 3).map((level) => `"${level}"`);
  const levels = shown.join(", ") + (unseen.size > shown.length ? ", ..." : "");
  return `column "${name}": levels never seen in training count as missing (${entries} entries: ${levels})`;
}

/**
 * The sequences that encoded columns make up, row by row.
 *
 * @param known what is known beside the columns; none: the sequences have no conditions
 */
export function interleave(
  tables: readonly Table[],
  columns: readonly EncodedColumn[],
  known: readonly EncodedColumn[],
  time: TimeColumn | undefined,
): Sequence[] {
  return tables.map((table, i) => ({
    name: table.name,
    length: table.rows,
    values: rowsOf(columns, i, table.rows),
    ...(known.length > 0 && { conditions: rowsOf(known, i, table.rows) }),
    ...(time && { times: timesOf(table, time) }),
  }));
}

/** The entries of one table, row by row: `[rows, columns]`; those of a single column are so already. */
function rowsOf(columns: readonly EncodedColumn[], table: number, rows: number): Float64Array {
  if (columns.length === 1) return columns[0]!.values[table]!;
  const values = new Float64Array(rows * columns.length);
  for (const [d, column] of columns.entries()) {
    const own = column.values[table]!;
    for (let row = 0; row < rows; row++) values[row * columns.length + d] = own[row]!;
  }
  return values;
}
