import { shuffled as shuffledBy } from "../collections.ts";

/** Uniform numbers in [0, 1). */
export type Uniform = () => number;

/** A small seeded generator (mulberry32): the same seed gives the same numbers in every process. */
export function seededUniform(seed: number): Uniform {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number between `low` and `high`. */
export function between(uniform: Uniform, low: number, high: number): number {
  return low + (high - low) * uniform();
}

/** A Poisson count by Knuth's product of uniforms; meant for means below some tens. */
export function poisson(uniform: Uniform, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = uniform(); product > limit; product *= uniform()) count++;
  return count;
}

/** A shuffled copy, a uniform number for each swap. */
export function shuffled<T>(items: readonly T[], uniform: Uniform): T[] {
  return shuffledBy(items, (bound) => Math.floor(uniform() * bound));
}
