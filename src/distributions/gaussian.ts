import type { Column } from "../data/dataset.ts";
import { columnUnits } from "../data/inputs.ts";
import {
  add,
  constant,
  div,
  erf,
  greater,
  log,
  mul,
  softplus,
  split,
  square,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";
import type { Emission, EmissionUnits, Family } from "./emission.ts";
import { DEVIATION_FLOOR, logCellWidth, scaleFloor } from "./resolution.ts";

export const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** log N(x; μ, σ). Shapes broadcast. */
export function normalLogDensity(x: Tensor, mean: Tensor, scale: Tensor): Tensor {
  const distance = div(sub(x, mean), scale);
  return sub(mul(square(distance), -0.5), add(log(scale), halfLogTwoPi));
}

/**
 * KL(N(μ₁, σ₁) ‖ N(μ₀, σ₀)) = log(σ₀/σ₁) + (σ₁² + (μ₁ − μ₀)²) / (2σ₀²) − ½, entry by entry.
 */
export function normalKl(mean1: Tensor, scale1: Tensor, mean0: Tensor, scale0: Tensor): Tensor {
  const spread = add(square(div(scale1, scale0)), square(div(sub(mean1, mean0), scale0)));
  return add(sub(log(scale0), log(scale1)), mul(sub(spread, 1), 0.5));
}

/** P(X ≤ x) of X ~ N(μ, σ). Shapes broadcast. */
export const normalCdf = (x: Tensor, mean: Tensor, scale: Tensor): Tensor =>
  mul(add(erf(div(sub(x, mean), mul(scale, Math.SQRT2))), 1), 0.5);

/** The number whose softplus is y. */
export const inverseSoftplus = (y: number): number => (y > 20 ? y : Math.log(Math.expm1(y)));

/** A number for each column: the same everywhere, or of each row and step `[..., D]`. */
export type PerColumn = readonly number[] | Tensor;

/**
 * What scaled columns need of their grid, a number for each: the least scale, what turns a log density into a log mass (of
 * a column without a grid, into a log density in the units of the data), and half the width of a cell (0 without a
 * grid). A recorded value stands for its whole cell, so P(X ≤ x) reaches that far beyond x.
 */
export interface GridTerms<Entries extends PerColumn = PerColumn> {
  readonly floors: Entries;
  readonly offsets: Entries;
  readonly halfCells: Entries;
}

/** The grid of columns in units of their deviation: there a value's density is the unscaled one times the deviation. */
export function gridOf(columns: readonly Column[]): GridTerms<readonly number[]> {
  const deviation = (column: Column): number => (column.standardDeviation > 0 ? column.standardDeviation : 1);
  return {
    floors: columns.map((column) => scaleFloor(column) / deviation(column)),
    offsets: columns.map((column) => logCellWidth(column) - Math.log(deviation(column))),
    halfCells: columns.map((column) => column.resolution / 2 / deviation(column)),
  };
}

/** The same where sequences or steps have units of their own, `[..., D]`: −log scale is the log of the Jacobian. */
function gridUnder({ scale, cell }: EmissionUnits): GridTerms<Tensor> {
  const recorded = greater(cell, 0);
  return {
    floors: where(recorded, mul(cell, 0.5), DEVIATION_FLOOR),
    offsets: log(where(recorded, cell, div(1, scale))),
    halfCells: mul(cell, 0.5),
  };
}

/** A family of scaled columns, made on the grid of its columns or on that of units which sequences bring themselves. */
export const gridded =
  (make: (columns: readonly Column[], grid: GridTerms) => Emission): Family =>
  (columns) => ({
    ...make(columns, gridOf(columns)),
    under: (units) => make(columns, gridUnder(units)),
  });

/** Whether the numbers are those of a tensor, an input. */
export const isGiven = (entries: PerColumn): entries is Tensor => "dtype" in entries;

export const vector = (entries: PerColumn): Tensor =>
  isGiven(entries) ? entries : constant(entries, [entries.length]);

/** How columns are scaled by their statistics, `[D]` each. */
export function unitVectors(columns: readonly Column[]): EmissionUnits {
  const { shift, scale, cell } = columnUnits(columns);
  const each = (numbers: Float64Array) => vector([...numbers]);
  return { shift: each(shift), scale: each(scale), cell: each(cell) };
}

/** Positive scales from unbounded numbers, never below the floors. `[..., D]` */
export const scaleOf = (raw: Tensor, floors: PerColumn): Tensor => add(softplus(raw), vector(floors));

/** Raw scales that begin at a scale, one deviation unless told. */
export const unitScale = (floors: readonly number[], scale = 1): number[] =>
  floors.map((floor) => inverseSoftplus(Math.max(scale - floor, 1e-2)));

/**
 * Independent normal columns, two numbers of the network each.
 *
 * @param parts the means and the scales that `raw` stands for, `[..., D]` each
 */
export const normalColumns = (
  columns: readonly Column[],
  { offsets, halfCells }: GridTerms,
  parts: (raw: Tensor) => readonly [mean: Tensor, scale: Tensor],
): Emission => ({
  width: 2 * columns.length,
  uniforms: 0,
  normals: columns.length,
  missing: "exact",
  initialBias: [...columns.map(() => 0), ...unitScale(gridOf(columns).floors)],
  logProbability: (raw, x) => {
    const [mean, scale] = parts(raw);
    return add(normalLogDensity(x, mean, scale), vector(offsets));
  },
  sample: (raw, { normal }, temperature) => {
    const [mean, scale] = parts(raw);
    return add(mean, mul(mul(scale, normal), temperature));
  },
  mean: (raw) => parts(raw)[0],
  cdf: (raw, x) => normalCdf(add(x, vector(halfCells)), ...parts(raw)),
  kl: (first, second) => normalKl(...parts(first), ...parts(second)),
});

/** `[..., 2D]` as two halves, `[..., D]` each. */
export function halvesOf(raw: Tensor): readonly [Tensor, Tensor] {
  const size = (raw.shape[raw.rank - 1] as number) / 2;
  return split(raw, [size, size]) as [Tensor, Tensor];
}

/** Means and scales of `raw`, `[..., D]` each, where that is [means | scales before softplus]. @param floors the least scales */
export const meanAndScale =
  (floors: PerColumn) =>
  (raw: Tensor): readonly [mean: Tensor, scale: Tensor] => {
    const [mean, scale] = halvesOf(raw);
    return [mean, scaleOf(scale, floors)];
  };

/** Independent normal columns: a mean and a scale each; `raw` is [means | scales]. */
export const gaussian: Family = gridded((columns, grid) =>
  normalColumns(columns, grid, meanAndScale(grid.floors)),
);
