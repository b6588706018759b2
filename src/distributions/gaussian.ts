import type { Column } from "../data/dataset.ts";
import {
  add,
  constant,
  div,
  erf,
  log,
  mul,
  softplus,
  split,
  square,
  sub,
  type Tensor,
} from "../graph/index.ts";
import type { Family } from "./emission.ts";
import { logCellWidth, scaleFloor } from "./resolution.ts";

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

/**
 * What scaled columns need of their grid, `[D]` each: the least scale, what turns a log density into a log mass, and
 * half the width of a cell (0 without a grid). A recorded value stands for its whole cell, so P(X ≤ x) reaches that far
 * beyond x.
 */
export interface Grid {
  readonly floors: readonly number[];
  readonly offsets: readonly number[];
  readonly halfCells: readonly number[];
}

/** The grid of columns in units of their deviation: there a value's density is the unscaled one times the deviation. */
export function gridOf(columns: readonly Column[]): Grid {
  const deviation = (column: Column): number => (column.deviation > 0 ? column.deviation : 1);
  return {
    floors: columns.map((column) => scaleFloor(column) / deviation(column)),
    offsets: columns.map((column) => logCellWidth(column) - Math.log(deviation(column))),
    halfCells: columns.map((column) => column.resolution / 2 / deviation(column)),
  };
}

export const vector = (entries: readonly number[]): Tensor => constant(entries, [entries.length]);

/** Positive scales from unbounded numbers, never below the floors. `[..., D]` */
export const scaleOf = (raw: Tensor, floors: readonly number[]): Tensor => add(softplus(raw), vector(floors));

/** Raw scales that begin at a scale, one deviation unless told. */
export const unitScale = (floors: readonly number[], scale = 1): number[] =>
  floors.map((floor) => inverseSoftplus(Math.max(scale - floor, 1e-2)));

/** Independent normal columns: a mean and a scale each; `raw` is [means | scales]. */
export const gaussian: Family = (columns) => {
  const { floors, offsets, halfCells } = gridOf(columns);
  const size = columns.length;
  const parts = (raw: Tensor): [Tensor, Tensor] => {
    const [mean, scale] = split(raw, [size, size]) as [Tensor, Tensor];
    return [mean, scaleOf(scale, floors)]; // [..., D], [..., D]
  };
  return {
    width: 2 * size,
    uniforms: 0,
    normals: size,
    initialBias: [...columns.map(() => 0), ...unitScale(floors)],
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
  };
};
