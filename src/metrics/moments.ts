/** Moments of numbers beside their mean. */
import { meanOf } from "../collections.ts";

/** The variance of all values, not of a sample: of one value it is 0. */
export function varianceOf(values: Iterable<number> & ArrayLike<number>): number {
  const mean = meanOf(values);
  return meanOf(Float64Array.from(values, (value) => (value - mean) ** 2));
}
