import type { Column } from "../data/dataset.ts";
import { add, constant, div, log, mul, softplus, split, square, sub, type Tensor } from "../graph/index.ts";
import type { Family } from "./emission.ts";
import { logCellWidth, scaleFloor } from "./resolution.ts";

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** log N(x; μ, σ). Shapes broadcast. */
export function normalLogDensity(x: Tensor, mean: Tensor, scale: Tensor): Tensor {
  const distance = div(sub(x, mean), scale);
  return sub(mul(square(distance), -0.5), add(log(scale), halfLogTwoPi));
}

/**
 * KL(N(μ₁, σ₁) ‖ N(μ₀, σ₀)) = log(σ₀/σ₁) + (σ₁² + (μ₁ − μ₀)²) / (2σ₀²) − ½, entry by entry.
 */
export function normalDivergence(mean1: Tensor, scale1: Tensor, mean0: Tensor, scale0: Tensor): Tensor {
  const spread = add(square(div(scale1, scale0)), square(div(sub(mean1, mean0), scale0)));
  return add(sub(log(scale0), log(scale1)), mul(sub(spread, 1), 0.5));
}

/** The number whose softplus is y. */
export const inverseSoftplus = (y: number): number => (y > 20 ? y : Math.log(Math.expm1(y)));

/** What scaled columns need of their grid: the least scale, and what turns a log density into a log mass, `[D]`. */
export interface Grid {
  readonly floors: readonly number[];
  readonly offsets: readonly number[];
}

/** The grid of columns in units of their deviation: there a value's density is the unscaled one times the deviation. */
export function gridOf(columns: readonly Column[]): Grid {
  const deviation = (column: Column): number => (column.deviation > 0 ? column.deviation : 1);
  return {
    floors: columns.map((column) => scaleFloor(column) / deviation(column)),
    offsets: columns.map((column) => logCellWidth(column) - Math.log(deviation(column))),
  };
}

export const vector = (entries: readonly number[]): Tensor => constant(entries, [entries.length]);

/** Positive scales from unbounded numbers, never below the floors. `[..., D]` */
export const scaleOf = (raw: Tensor, floors: readonly number[]): Tensor => add(softplus(raw), vector(floors));

/** Raw scales that begin at one deviation. */
export const unitScale = (floors: readonly number[]): number[] =>
  floors.map((floor) => inverseSoftplus(Math.max(1 - floor, 1e-2)));

/** Independent normal columns: a mean and a scale each; `raw` is [means | scales]. */
export const gaussian: Family = (columns) => {
  const { floors, offsets } = gridOf(columns);
  const size = columns.length;
  const parts = (raw: Tensor) => split(raw, [size, size]) as [Tensor, Tensor]; // [..., D], [..., D]
  return {
    width: 2 * size,
    uniforms: 0,
    normals: size,
    initialBias: [...columns.map(() => 0), ...unitScale(floors)],
    logProbability: (raw, x) => {
      const [mean, scale] = parts(raw);
      return add(normalLogDensity(x, mean, scaleOf(scale, floors)), vector(offsets));
    },
    sample: (raw, { normal }, temperature) => {
      const [mean, scale] = parts(raw);
      return add(mean, mul(mul(scaleOf(scale, floors), normal), temperature));
    },
    mean: (raw) => parts(raw)[0],
  };
};
