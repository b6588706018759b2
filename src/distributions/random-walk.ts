import { add, concat, maximum, mul, sqrt } from "../graph/index.ts";
import type { Family } from "./emission.ts";
import { gridded, halvesOf, normalColumns, scaleOf } from "./gaussian.ts";

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
export const randomWalk: Family = gridded((columns, grid) => ({
  ...normalColumns(columns, grid, halvesOf),
  readsAge: true,
  recall: (output, { value, age }) => {
    const [drift, scale] = halvesOf(output);
    const steps = maximum(age, 1); // before the first value, which counts as 0, one from there
    return concat([add(value, mul(drift, steps)), mul(scaleOf(scale, grid.floors), sqrt(steps))]);
  },
}));
