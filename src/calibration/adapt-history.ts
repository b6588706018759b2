/** How forecasts within a sequence turned out so far, and how many forecasts tell it. */

import { type Sequence, sliceSequence } from "../data/dataset.ts";
import { type AdaptOptions, adaptTo } from "./adapt.ts";
import type { Recalibration } from "./recalibrate.ts";

/** With how many particles, and which draws, forecasts are made to learn from. */
export const PARTICLES = 100;
export const SEED = 1;

/** After how many steps each a forecast is made within a sequence that forecasts adapt to. */
const EVERY = 4;

/** The most steps of a sequence that they adapt to: what came before is forgotten by then, and would cost more. */
const HISTORY = 1200;

/** A recalibration adapted to how forecasts within the last steps of a sequence turned out. */
export function adaptToHistory(
  { runtime, model, weights, columns }: Pick<AdaptOptions, "runtime" | "model" | "weights" | "columns">,
  { sequence, ...wanted }: Pick<AdaptOptions, "recalibration" | "horizon" | "sequence">,
): Promise<Recalibration> {
  const { length } = sequence;
  const latest = sliceSequence(sequence, Math.max(0, length - HISTORY), length);
  const settings = { runtime, model, weights, columns, particles: PARTICLES, seed: SEED };
  return adaptTo({ ...settings, ...wanted, sequence: latest, every: EVERY });
}

/** After how many steps each a forecast is made, so that there are about so many. */
export function everyFor(sequences: readonly Sequence[], origins: number): number {
  const steps = sequences.reduce((sum, { length }) => sum + length, 0);
  return Math.max(1, Math.floor(steps / origins));
}
