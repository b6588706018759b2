import { add, concat, greater, maximum, mul, split, sqrt, type Tensor, where } from "../graph/index.ts";
import type { Family } from "./emission.ts";
import {
  gridded,
  gridOf,
  normalCdf,
  normalKl,
  normalLogDensity,
  scaleOf,
  unitScale,
  vector,
} from "./gaussian.ts";

/**
 * Columns that wander from where they were seen last, each by steps of its own: n steps after it,
 *
 *     x ~ N(last + nδ, nσ²),
 *
 * what a Gaussian random walk with drift δ and step σ says once the steps between are integrated out. So columns that are
 * recorded now and then, each at its own rate, are told of as well after a gap as without one. Before a column was first
 * seen it is N(δ, σ²).
 *
 * The network gives [δ | σ before softplus]; `raw` is [mean | scale].
 */
export const randomWalk: Family = gridded((columns, { floors, offsets, halfCells }) => {
  const size = columns.length;
  const halves = (raw: Tensor) => split(raw, [size, size]) as [Tensor, Tensor]; // [..., D], [..., D]
  return {
    width: 2 * size,
    uniforms: 0,
    normals: size,
    missing: "exact",
    initialBias: [...columns.map(() => 0), ...unitScale(gridOf(columns).floors)],
    readsAge: true,
    recall: (output, { value, age }) => {
      const [drift, scale] = halves(output);
      const mean = where(greater(age, 0), add(value, mul(drift, age)), drift);
      return concat([mean, mul(scaleOf(scale, floors), sqrt(maximum(age, 1)))]);
    },
    logProbability: (raw, x) => add(normalLogDensity(x, ...halves(raw)), vector(offsets)),
    sample: (raw, { normal }, temperature) => {
      const [mean, scale] = halves(raw);
      return add(mean, mul(mul(scale, normal), temperature));
    },
    mean: (raw) => halves(raw)[0],
    cdf: (raw, x) => normalCdf(add(x, vector(halfCells)), ...halves(raw)),
    kl: (first, second) => normalKl(...halves(first), ...halves(second)),
  };
});
