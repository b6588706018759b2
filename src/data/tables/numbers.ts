/** Tables of numbers that a format holds as numbers. */
import type { CellReader } from "./cells.ts";
import { finite, type Table } from "./table.ts";

/** A table before its cells are looked at. */
export interface NumberColumns {
  readonly name: string;
  readonly file: string;
  readonly split?: Table["split"];
  readonly rows: number;
  /** `[rows]` each; NaN is missing. */
  readonly columns: ReadonlyMap<string, ArrayLike<number>>;
  readonly notes?: readonly string[];
  readonly at: Table["at"];
}

/**
 * A table whose cells are these numbers, without those that mean "missing".
 *
 * @throws VrnnError `data/not-finite`
 */
export function numberTable({ columns, notes = [], ...table }: NumberColumns, cells: CellReader): Table {
  const read = ([name, numbers]: readonly [string, ArrayLike<number>]) =>
    [
      name,
      Float64Array.from(numbers, (number, row) => numberCell(number, cells, () => table.at(name, row))),
    ] as const;
  return { ...table, columns: new Map([...columns].map(read)), missingWords: cells.missingWords, notes };
}

const numberCell = (number: number, cells: CellReader, at: () => string): number =>
  finite(cells.number(number), at) as number;

/** The columns of numbers that have no names, as numpy counts them: m0, m1, m2 ... */
export const numberedColumn = (place: number): string => `m${place}`;
