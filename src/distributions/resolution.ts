/**
 * Likelihoods that respect the grid a column was recorded on.
 *
 * A value read as 0.37 on a grid of width δ = 0.01 says only that the truth lay in a cell of that width. What is
 * scored is therefore the probability mass of the cell, N(x; μ, σ)·δ, with the scale floored at σ ≥ δ/2:
 *
 * - over the grid the masses sum to 1 within 2·exp(−2π²σ²/δ²), at most 1.44 % (Poisson summation), so they are
 *   probabilities, and nats in different units are the same nats;
 * - no entry scores more than log(2/√(2π)) = −0.226 nats, so a coarse or constant column cannot inflate a total
 *   (the same holds for a mixture of normals whose every component keeps the floor).
 *
 * A column without a grid (resolution 0) keeps its density in its own unit, with a floor of 1e-4 deviations.
 *
 * @module
 */

/** What the rule needs to know of a real column. */
export interface Recorded {
  /** The width δ of the grid in the column's unit; 0 when it has none. */
  readonly resolution: number;
  /** The standard deviation in the training split, in the column's unit. */
  readonly standardDeviation: number;
}

/** The share of the deviation that floors the scale of a column without a grid. */
export const DEVIATION_FLOOR = 1e-4;

/**
 * The least scale that a normal distribution of this column may have, in the column's unit: δ/2 on a grid.
 * A constant column without a grid has no scale of its own and gets the floor of a column of deviation 1.
 *
 * @example
 * scaleFloor({ resolution: 0.01, standardDeviation: 3 }); // 0.005
 * scaleFloor({ resolution: 0, standardDeviation: 3 }); // 0.0003
 */
export function scaleFloor(column: Recorded): number {
  if (column.resolution > 0) return column.resolution / 2;
  return DEVIATION_FLOOR * (column.standardDeviation > 0 ? column.standardDeviation : 1);
}

/**
 * What turns a log density of this column into a log mass, in nats: log δ on a grid, 0 without one.
 *
 * @example
 * logCellWidth({ resolution: 0.01, standardDeviation: 3 }); // -4.605170185988091
 */
export function logCellWidth(column: Recorded): number {
  return column.resolution > 0 ? Math.log(column.resolution) : 0;
}
