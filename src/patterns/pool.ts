/** A number that stands for all steps of a sequence. */
import { everyNth, meanOf } from "../collections.ts";
import { varianceOf } from "../metrics/moments.ts";

/** What is made of the values that were seen, in their order; of none it is not a number. */
type Pool = (seen: Float64Array) => number;

const extreme =
  (least: (a: number, b: number) => number): Pool =>
  (seen) =>
    seen.length === 0 ? Number.NaN : seen.reduce((a, b) => least(a, b));

/** The ways to pool, by name. */
export const pools = {
  mean: meanOf,
  sd: (seen) => Math.sqrt(varianceOf(seen)),
  min: extreme(Math.min),
  max: extreme(Math.max),
  first: (seen) => seen[0] ?? Number.NaN,
  last: (seen) => seen.at(-1) ?? Number.NaN,
  /** How many values were seen. */
  count: (seen) => seen.length,
} as const satisfies Readonly<Record<string, Pool>>;

/** A way to pool. */
export type PoolName = keyof typeof pools;

/** All of them, in the order of the help. */
export const poolNames = Object.keys(pools) as readonly PoolName[] as readonly [PoolName, ...PoolName[]];

/**
 * Each column of a table, pooled in each of some ways; missing values are passed over.
 *
 * @param values `[length, width]`
 * @returns `[width · names]`: all of the first column first
 * @example
 * pooled(Float64Array.of(1, 5, 3, NaN), 2, ["mean", "last"]); // [2, 3, 5, 5]
 */
export function pooled(values: Float64Array, width: number, names: readonly PoolName[]): number[] {
  return Array.from({ length: width }, (_, d) => {
    const seen = everyNth(values, d, width).filter((value) => !Number.isNaN(value));
    return names.map((name) => pools[name](seen));
  }).flat();
}
