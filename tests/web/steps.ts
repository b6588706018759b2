/** What is trained in Node and in a browser alike. */

import { wavesCsv } from "../../examples/browser/waves.ts";
import type { Column } from "../../src/data/dataset.ts";

/** Letters that go on by one or by two. */
function letters(count: number): string {
  let [at, text, seed] = [0, "", 7];
  for (let i = 0; i < count; i++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    at = (at + 1 + ((seed >> 16) & 1)) % 6;
    text += "abcdef"[at];
  }
  return text;
}

/** A model of text: what it learns of, how, and what it writes. */
export const texts = {
  letters,
  tokens: { unit: "characters" },
  choice: { family: "vrnn", model: { hidden: 12, latent: 2, embedding: 6, tied: true } },
  training: { epochs: 3, batchSize: 4, window: 20, learningRate: 0.02, seed: 3, shards: 1 },
  writing: { count: 2, steps: 30, seed: 5, prefix: "abcd", temperature: 0.2 },
} as const;

/** Long enough to learn from, and short enough for a graphics card that is simulated. */
export const recordings = { long: wavesCsv(20, 40), short: wavesCsv(20, 6) };
export type Recording = keyof typeof recordings;
export const schema = { sequence: "recording" } as const;
/** A distribution that a page's worker has to load is among what it asks for. */
export const choice = {
  family: "vrnn",
  model: { hidden: 16, latent: 4, cell: "gru", emission: ["laplace"] },
} as const;
/** 14 sequences train: 4 batches an epoch, 20 steps. */
export const training = { epochs: 5, batchSize: 4, window: 64, learningRate: 5e-3, seed: 3, shards: 2 };
export const drawing = (columns: readonly Column[], weights: Float32Array) =>
  ({ columns, weights, count: 2, steps: 12, seed: 5 }) as const;
