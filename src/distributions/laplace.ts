import {
  abs,
  add,
  div,
  exp,
  expm1,
  greater,
  less,
  log,
  log1mExp,
  minimum,
  mul,
  neg,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";
import type { Family } from "./emission.ts";
import { gridded, gridOf, isGiven, meanAndScale, type PerColumn, unitScale, vector } from "./gaussian.ts";
import { dividedBy } from "./per-column.ts";

/** By how much the least scale is smaller than that of a normal distribution. */
const FINER = 5;

/** log density of the Laplace distribution, −|x − μ|/b − log 2b. Shapes broadcast. */
export const laplaceLogDensity = (x: Tensor, mean: Tensor, scale: Tensor): Tensor =>
  neg(add(div(abs(sub(x, mean)), scale), log(mul(scale, 2))));

/**
 * log P(|X − x| ≤ half), exactly: e^(−z) sinh h where the cell lies beside the peak, 1 − e^(−h) cosh z where it holds
 * it, with z = |x − μ|/b and h = half/b.
 */
export function laplaceLogMass(x: Tensor, mean: Tensor, scale: Tensor, half: Tensor): Tensor {
  const z = div(abs(sub(x, mean)), scale);
  const h = div(half, scale);
  const beside = greater(z, h);
  const tail = add(sub(h, z), sub(log1mExp(mul(h, 2)), Math.LN2));
  const inner = minimum(z, h); // the other side of `where` stays finite
  const peak = add(expm1(sub(inner, h)), expm1(neg(add(inner, h))));
  return where(beside, tail, log(mul(peak, -0.5)));
}

/** P(X ≤ x) of the Laplace distribution. */
export function laplaceCdf(x: Tensor, mean: Tensor, scale: Tensor): Tensor {
  const z = div(sub(x, mean), scale);
  const tail = mul(exp(neg(abs(z))), 0.5);
  return where(less(z, 0), tail, sub(1, tail));
}

/** KL of Laplace distributions: log(b₂/b₁) + (b₁e^(−d/b₁) + d)/b₂ − 1 with d = |μ₁ − μ₂|. */
export function laplaceDivergence(mean1: Tensor, scale1: Tensor, mean2: Tensor, scale2: Tensor): Tensor {
  const distance = abs(sub(mean1, mean2));
  const spread = div(add(mul(scale1, exp(neg(div(distance, scale1)))), distance), scale2);
  return add(sub(log(scale2), log(scale1)), sub(spread, 1));
}

/** Half the width of a cell, any where there is no grid. */
const orAnyWidth = (halfCells: PerColumn): Tensor =>
  isGiven(halfCells)
    ? where(greater(halfCells, 0), halfCells, 1)
    : vector(halfCells.map((half) => half || 1));

/**
 * Independent Laplace columns: a location and a scale each; `raw` is [locations | scales]. On a grid the score is the
 * exact mass of the cell, at most 1 whatever the scale, so the scale's floor, a tenth of a cell, is for its gradient's sake.
 */
export const laplace: Family = gridded((columns, { floors: normalFloors, offsets, halfCells }) => {
  const floors = dividedBy(normalFloors, FINER);
  const size = columns.length;
  const parts = meanAndScale(floors);
  const recorded = greater(vector(halfCells), 0); // [D]
  const cells = orAnyWidth(halfCells); // [D]
  return {
    width: 2 * size,
    uniforms: size,
    normals: 0,
    missing: "exact",
    initialBias: [
      ...columns.map(() => 0),
      ...unitScale(dividedBy(gridOf(columns).floors, FINER), Math.SQRT1_2),
    ],
    logProbability: (raw, x) => {
      const [mean, scale] = parts(raw);
      const density = add(laplaceLogDensity(x, mean, scale), vector(offsets));
      return where(recorded, laplaceLogMass(x, mean, scale, cells), density);
    },
    sample: (raw, { uniform }, temperature) => {
      const [mean, scale] = parts(raw);
      const lower = less(uniform, 0.5);
      const distance = neg(log(mul(where(lower, uniform, sub(1, uniform)), 2)));
      return add(mean, mul(mul(scale, where(lower, neg(distance), distance)), temperature));
    },
    mean: (raw) => parts(raw)[0],
    cdf: (raw, x) => laplaceCdf(add(x, vector(halfCells)), ...parts(raw)),
    kl: (first, second) => laplaceDivergence(...parts(first), ...parts(second)),
  };
});
