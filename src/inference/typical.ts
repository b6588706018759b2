/** The one value that stands for many draws. */
import type { Column, ColumnKind } from "../data/dataset.ts";
import { nearestPoint } from "../data/grid.ts";

const meanOf = (draws: Float64Array): number => draws.reduce((sum, value) => sum + value, 0) / draws.length;

/** The value drawn most often; the least of several. */
function modeOf(draws: Float64Array): number {
  const counts = new Map<number, number>();
  for (const value of draws.toSorted()) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)![0];
}

interface Typical {
  readonly of: (draws: Float64Array) => number;
  /** The nearest value that can have been recorded. */
  readonly recorded: (value: number, column: Column) => number;
}

const asIs = (value: number): number => value;
const toGrid = (value: number, column: Column): number => nearestPoint(column)(value);

const typicalBy: Readonly<Record<ColumnKind, Typical>> = {
  real: { of: meanOf, recorded: toGrid },
  quantised: { of: meanOf, recorded: toGrid },
  count: { of: meanOf, recorded: Math.round },
  proportion: { of: meanOf, recorded: asIs },
  binary: { of: meanOf, recorded: Math.round },
  categorical: { of: modeOf, recorded: asIs },
};

/**
 * The mean of the draws of a quantity, the share of ones, or the level drawn most often.
 *
 * @param isRecorded whether it has to be a value that can have been recorded: on the grid, 0 or 1.
 */
export function typicalValue(column: Column, draws: Float64Array, isRecorded: boolean): number {
  const { of, recorded } = typicalBy[column.kind];
  const value = of(draws);
  return isRecorded ? recorded(value, column) : value;
}
