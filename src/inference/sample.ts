/** Sequences that a model makes up. */
import type { Column, Sequence } from "../data/dataset.ts";
import { type GivenLatents, latentStates } from "../models/given-latents.ts";
import { type GenerateOptions, generateRows } from "./generate.ts";
import { knownFeeds, recorded } from "./rows.ts";

/** What is to be sampled, and from what. */
export interface SampleOptions extends Omit<GenerateOptions, "states" | "known"> {
  readonly columns: readonly Column[];
  /**
   * `[steps, C]`: what is known of each step, in the order of `model.conditions` and the units of the data, the same for
   * all sequences; NaN is withheld. Withheld altogether unless told.
   */
  readonly known?: Float64Array;
  /** Of a model with latent variables of the whole sequence: their values in each of the sequences; drawn unless told. */
  readonly latents?: GivenLatents;
}

/**
 * Draws sequences from a model, each from a fresh state, in the units of the data: real columns on the grid that they
 * were recorded on, binary ones 0 or 1, levels as their index.
 *
 * Each sequence has random numbers of its own: the third of four is the third of ten (up to rounding).
 *
 * @example
 * const [first] = await sampleSequences({ runtime, model, weights, columns, count: 1, steps: 3, seed: 1 });
 * first; // { name: "sample 1", length: 3, values: Float64Array [20, 0.5, 15, 0.5, 20, 1] }
 */
export async function sampleSequences(options: SampleOptions): Promise<Sequence[]> {
  const { model, columns, count, steps, latents } = options;
  const tables = Array.from({ length: count }, () => options.known);
  const rows = await generateRows({
    ...options,
    states: latents === undefined ? {} : latentStates(model, latents, count),
    known: (done, length) => knownFeeds(model, tables, done, length),
  });
  return rows.map(({ x }, row) => ({
    name: `sample ${row + 1}`,
    length: steps,
    values: recorded(x, columns),
  }));
}
