/** What a model knows after each step of a sequence: what groups and borders are found in. */
import type { Encoded } from "../inference/encode.ts";

/**
 * Tables `[length, size]` by the beginning of their columns' names: the probabilities of the hidden states of a model that smooths, given the whole sequence; else
 * the recurrent state, which carries the latent variables of all steps so far; of a model without one its latent variables.
 *
 * @example
 * Object.keys(knownTables(encoded)); // ["h."]
 */
export function knownTables({ mean, state, smoothed }: Encoded): Readonly<Record<string, Float64Array>> {
  if (smoothed !== undefined) return named(smoothed, (logs) => logs.map(Math.exp));
  return Object.keys(state).length > 0 ? named(state) : { z: mean };
}

const named = (
  parts: Readonly<Record<string, Float64Array>>,
  value = (table: Float64Array): Float64Array => table,
): Record<string, Float64Array> =>
  Object.fromEntries(Object.entries(parts).map(([part, table]) => [`${part}.`, value(table)]));
