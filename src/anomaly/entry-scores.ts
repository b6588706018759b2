/** What a detector looks at: the scores of all entries of sequences, or of one step. */
import type { Column, Sequence } from "../data/dataset.ts";
import type { Scored, StepScores } from "../inference/score.ts";
import type { EntryScores } from "./detect.ts";

/** What a detector calls the divergence of the posterior from the prior. */
export const DIVERGENCE_COLUMN = "latent";

/** The names of what a detector looks at: the data's columns and the latent variables. */
export const detectedColumns = (columns: readonly Column[]): string[] => [
  ...columns.map(({ name }) => name),
  DIVERGENCE_COLUMN,
];

/**
 * What a detector needs of a scored sequence: a column for each of the data's, NaN where an entry is missing, and one
 * for the divergence. A model that explains an odd step by odd latent variables pays for it there.
 */
export function entryScores({ sequence, scores }: Scored<StepScores>): EntryScores {
  const width = scores.logLikelihood.length / Math.max(1, scores.length);
  const values = new Float64Array(scores.length * (width + 1)); // [length, D + 1]
  scores.kl.forEach((kl, t) => {
    const row = (table: Float64Array) => table.subarray(t * width, (t + 1) * width);
    values.set(stepScores(row(sequence.values), row(scores.logLikelihood), kl), t * (width + 1));
  });
  return { times: secondsOf(sequence), values };
}

/** The same of one step, `[D + 1]`. */
export function stepScores(x: Float64Array, logLikelihood: Float64Array, kl: number): Float64Array {
  const scores = new Float64Array(x.length + 1);
  x.forEach((value, d) => {
    scores[d] = Number.isNaN(value) ? Number.NaN : -logLikelihood[d]!;
  });
  scores[x.length] = kl;
  return scores;
}

/** The time of each step in seconds; a step counts as one where the data have no clock. */
export const secondsOf = ({ length, times }: Sequence): Float64Array =>
  times ?? Float64Array.from({ length }, (_, t) => t);
