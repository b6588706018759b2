/** What is trained in Node and in a browser alike. */

import { wavesCsv } from "../../examples/browser/waves.ts";
import type { Column } from "../../src/data/dataset.ts";

/** Long enough to learn from, and short enough for a graphics card that is simulated. */
export const recordings = { long: wavesCsv(20, 40), short: wavesCsv(20, 6) };
export type Recording = keyof typeof recordings;
export const schema = { sequence: "recording" } as const;
export const choice = { family: "vrnn", model: { hidden: 16, latent: 4, cell: "gru" } } as const;
/** 14 sequences train: 4 batches an epoch, 20 steps. */
export const training = { epochs: 5, batchSize: 4, window: 64, learningRate: 5e-3, seed: 3, shards: 2 };
export const drawing = (columns: readonly Column[], weights: Float32Array) =>
  ({ columns, weights, count: 2, steps: 12, seed: 5 }) as const;
