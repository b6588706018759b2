/** The one value that stands for many draws. */

import { meanOf } from "../collections.ts";
import type { Column, ColumnKind } from "../data/dataset.ts";
import { nearestPoint } from "../data/grid.ts";
import { sampleQuantile } from "../metrics/quantiles.ts";

const medianOf = (draws: Float64Array): number => sampleQuantile(draws.toSorted(), 0.5);

/** The value drawn most often; the least of several. */
function modeOf(draws: Float64Array): number {
  const counts = new Map<number, number>();
  for (const value of draws.toSorted()) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)![0];
}

interface Typical {
  readonly of: (draws: Float64Array) => number;
  readonly middle: (draws: Float64Array) => number;
  /** The nearest value that can have been recorded. */
  readonly recorded: (value: number, column: Column) => number;
}

const asIs = (value: number): number => value;
const toGrid = (value: number, column: Column): number => nearestPoint(column)(value);

const typicalBy: Readonly<Record<ColumnKind, Typical>> = {
  real: { of: meanOf, middle: medianOf, recorded: toGrid },
  quantised: { of: meanOf, middle: medianOf, recorded: toGrid },
  count: { of: meanOf, middle: medianOf, recorded: Math.round },
  proportion: { of: meanOf, middle: medianOf, recorded: asIs },
  binary: { of: meanOf, middle: medianOf, recorded: Math.round },
  categorical: { of: modeOf, middle: modeOf, recorded: asIs },
};

/** The mean of the draws of a quantity, the share of ones, or the level drawn most often. */
export const typicalValue = ({ kind }: Column, draws: Float64Array): number => typicalBy[kind].of(draws);

/**
 * What stands for the draws where one value has to be recorded: of a quantity the median, which is the least wrong in absolute
 * terms and does not mind how far the outermost draws lie, put on its grid; 0 or 1, or the level drawn most often.
 */
export function recordedValue(column: Column, draws: Float64Array): number {
  const { middle, recorded } = typicalBy[column.kind];
  return recorded(middle(draws), column);
}
