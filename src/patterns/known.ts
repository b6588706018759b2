/** What a model knows of each step of a sequence: what groups and borders are found in. */
import type { Encoded } from "../inference/encode.ts";

/** What the numbers of latent variables are called by: `z1`, `z2`. */
export const LATENT = "z";

/**
 * Tables `[length, size]` by the beginning of their columns' names. Of a model that smooths they are the probabilities of its
 * hidden states given the whole sequence; else what it carries from step to step, the recurrent state and, where it looks
 * back, what it saw last; of a model that carries nothing its latent variables.
 *
 * @example
 * Object.keys(knownTables(encoded)); // ["h.", "last."]
 */
export function knownTables({ mean, state, smoothed }: Encoded): Readonly<Record<string, Float64Array>> {
  if (smoothed !== undefined) return named(smoothed, (logs) => logs.map(Math.exp));
  return Object.keys(state).length > 0 ? named(state) : { [LATENT]: mean };
}

const named = (
  parts: Readonly<Record<string, Float64Array>>,
  value = (table: Float64Array): Float64Array => table,
): Record<string, Float64Array> =>
  Object.fromEntries(Object.entries(parts).map(([part, table]) => [`${part}.`, value(table)]));
