/** Arrays of numbers as tables. */
import { VrnnError } from "../../errors.ts";
import { splitCalled } from "../split-names.ts";
import type { CellReader } from "../tables/cells.ts";
import { numberedColumn, numberTable } from "../tables/numbers.ts";
import type { Table } from "../tables/table.ts";
import { type NumberArray, shown } from "./dtype.ts";
import type { Unpickled } from "./pickle.ts";

/** What arrays may be that a file holds. */
type AnyArray = NumberArray | Unpickled;

interface Place {
  readonly name: string;
  readonly file: string;
  readonly split?: Table["split"];
}

/**
 * The tables of an array: `[T]` and `[T, D]` are one sequence, `[N, T, D]` are N. Columns are called m0, m1 ...
 *
 * @throws VrnnError `data/array` for another shape, or an array of objects
 * @example
 * tablesOfArray(parseNpy(bytes, "x.npy"), { name: "x", file: "x.npy" }, cells); // of [3, 5, 2]: "x 1", "x 2", "x 3"
 */
export function tablesOfArray(array: AnyArray, { name, file, split }: Place, cells: CellReader): Table[] {
  if (!isNumbers(array))
    throw refused("an array of objects is no table", file, "save an array of numbers: [T, D] or [N, T, D]");
  const { shape, values } = array;
  if (shape.length < 1 || shape.length > 3 || values.length === 0)
    throw refused(`an array of ${shown(shape)} is no table`, file, "save [T, D] or [N, T, D]");
  const [count, rows, width] = shape.length === 3 ? shape : [1, shape[0]!, shape[1] ?? 1];
  const size = rows! * width!;
  return Array.from({ length: count! }, (_, i) => {
    const own = values.subarray(i * size, (i + 1) * size);
    const named = count === 1 && shape.length < 3 ? name : `${name} ${i + 1}`;
    return numberTable({ ...sequenceOf(own, rows!, width!, file, named), split }, cells);
  });
}

const sequenceOf = (values: Float64Array, rows: number, width: number, file: string, name: string) => ({
  name,
  file,
  rows,
  columns: new Map(
    Array.from({ length: width }, (_, d) => [
      numberedColumn(d),
      Float64Array.from({ length: rows }, (__, t) => values[t * width + d]!),
    ]),
  ),
  at: placeIn(file, name),
});

const placeIn =
  (file: string, name: string): Table["at"] =>
  (column, row) =>
    `${file}, ${name}${row === undefined ? "" : `, step ${row + 1}`}, column "${column}"`;

/**
 * The tables of several arrays: those of one axis and one length are the columns of a sequence; else each array is a sequence,
 * or several, of the split that it is called after.
 *
 * @throws VrnnError `data/array`
 */
export function tablesOfArrays(
  arrays: Readonly<Record<string, AnyArray>>,
  file: string,
  cells: CellReader,
): Table[] {
  const named = Object.entries(arrays);
  const columns = columnsIn(named);
  if (columns !== undefined) {
    const name = "arrays";
    return [
      numberTable(
        { name, file, rows: columns[0]![1].length, columns: new Map(columns), at: placeIn(file, name) },
        cells,
      ),
    ];
  }
  return named.flatMap(([name, array]) =>
    tablesOfArray(array, { name, file: `${file}, ${name}`, split: splitCalled(name) }, cells),
  );
}

/** Arrays of one axis and one length by their names; undefined where some are not, or where they are called after splits. */
function columnsIn(named: readonly (readonly [string, AnyArray])[]): [string, Float64Array][] | undefined {
  const columns = named.flatMap(([name, array]): [string, Float64Array][] =>
    isNumbers(array) && array.shape.length === 1 && splitCalled(name) === undefined
      ? [[name, array.values]]
      : [],
  );
  const isOne =
    columns.length === named.length && new Set(columns.map(([, { length }]) => length)).size === 1;
  return isOne ? columns : undefined;
}

/** The numbers of a point of a drawing: a move, and one flag or three of the pen. */
const POINT_WIDTHS: readonly number[] = [3, 5];

/**
 * Whether arrays are drawings (`strokes/`) and no tables: objects, or arrays whose last axis is a point that ends in flags of
 * 0 and 1.
 */
export const holdsDrawings = (arrays: Readonly<Record<string, AnyArray>>): boolean => {
  const named = Object.entries(arrays).filter(([name]) => !/(?:^|_)lengths$/.test(name));
  return named.some(([, array]) => !isNumbers(array) || (array.shape.length > 1 && hasPen(array)));
};

function hasPen({ shape, values }: NumberArray): boolean {
  const width = shape[shape.length - 1]!;
  if (!POINT_WIDTHS.includes(width) || values.length === 0) return false;
  for (let at = 0; at < values.length; at += width)
    for (let flag = 2; flag < width; flag++) {
      const value = values[at + flag];
      if (value !== 0 && value !== 1) return false;
    }
  return true;
}

const isNumbers = (array: AnyArray): array is NumberArray =>
  typeof array === "object" && array !== null && "values" in array && array.values instanceof Float64Array;

const refused = (what: string, at: string, remedy: string): VrnnError =>
  new VrnnError("data/array", what, { at, remedy });
