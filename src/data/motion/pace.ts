/** Tracks that are learned from a little faster or slower each time, so that a hurried place is no surprise. */
import type { Reread } from "../reread.ts";
import { NUMBERS } from "./windows.ts";

/**
 * What has all agents of a stretch walk faster or slower by one factor, and be as much farther apart: between 1 / (1 + most) and 1 + most, its
 * logarithm uniform. Nothing where `most` is 0.
 *
 * @example
 * const reread = paced(0.3);
 * reread(stretch, Random.stream(1, "row", 7)).values.x; // departures, up to 1.3 times as long
 */
export function paced(most: number): Reread | undefined {
  if (most === 0) return undefined;
  return (part, random) => {
    const factor = (1 + most) ** (2 * random.uniform() - 1);
    const { x, source } = part.values as { readonly x: Float64Array; readonly source: Float32Array };
    const isPresence = (i: number) => i % NUMBERS === NUMBERS - 1;
    const seen = source.map((value, i) => (isPresence(i) ? value : factor * value));
    return { ...part, values: { ...part.values, x: x.map((value) => factor * value), source: seen } };
  };
}
