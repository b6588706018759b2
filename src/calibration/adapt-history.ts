/** How forecasts within a sequence turned out so far, and how many forecasts tell it. */

import { type Sequence, sliceSequence } from "../data/dataset.ts";
import { type AdaptedMaps, type Adapting, type AdaptOptions, adaptTo } from "./adapt.ts";

/** With how many particles, and which draws, forecasts are made to learn from. */
export const PARTICLES = 100;
export const SEED = 1;

/** After how many steps each a forecast is made within a sequence that forecasts adapt to, at the least. */
const EVERY = 4;

/** The most steps of a sequence that they adapt to: what came before is forgotten by then, and would cost more. */
const HISTORY = 1200;

/** About the most forecasts that are made to adapt to all sequences: of many, each is told by fewer. */
const MOST_FORECASTS = 3600;

/** What maps are wanted for. */
type Wanted = Pick<AdaptOptions, "recalibration" | "horizon" | "sequences" | "wanted">;

/**
 * Recalibrations adapted to how forecasts turned out within the last steps before the first origin of each sequence, and
 * after it.
 *
 * @yields how far it is
 */
export async function* adaptToHistories(
  settings: Pick<AdaptOptions, "runtime" | "model" | "weights" | "columns">,
  { sequences, wanted = ({ length }) => [length], ...options }: Wanted,
): AsyncGenerator<Adapting, AdaptedMaps> {
  const starts = new Map(
    sequences.map((each) => {
      const start = Math.max(0, (wanted(each)[0] ?? each.length) - HISTORY);
      return [sliceSequence(each, start, each.length), { sequence: each, start }];
    }),
  );
  const latest = [...starts.keys()];
  const adapted = yield* adaptTo({
    ...settings,
    ...options,
    particles: PARTICLES,
    seed: SEED,
    every: Math.max(EVERY, everyFor(latest, MOST_FORECASTS)),
    sequences: latest,
    wanted: (part) => {
      const { sequence, start } = starts.get(part)!;
      return wanted(sequence).map((origin) => origin - start);
    },
  });
  return new Map(
    latest.map((part) => {
      const { sequence, start } = starts.get(part)!;
      return [sequence, new Map([...adapted.get(part)!].map(([origin, map]) => [origin + start, map]))];
    }),
  );
}

/** After how many steps each a forecast is made, so that there are about so many. */
export function everyFor(sequences: readonly Sequence[], origins: number): number {
  const steps = sequences.reduce((sum, { length }) => sum + length, 0);
  return Math.max(1, Math.floor(steps / origins));
}

/** The last steps of sequences that have more than so many together: of each as many, where it has them. */
export function latestOf(sequences: readonly Sequence[], most: number): readonly Sequence[] {
  const steps = sequences.reduce((sum, { length }) => sum + length, 0);
  if (steps <= most) return sequences;
  const share = Math.ceil(most / sequences.length);
  return sequences.map((each) => sliceSequence(each, Math.max(0, each.length - share), each.length));
}
