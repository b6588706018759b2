/** How long training goes on where nobody says so. */
import { oneOfEach } from "../data/one-of-each.ts";
import { planBatches, trainingSpans } from "../data/plan.ts";
import type { Index } from "../data/source.ts";
import type { TrainingOptions } from "./options.ts";

/** Training ends by patience: these are so many that it does. */
const MOST_UPDATES = 4_000;
const [FEWEST_EPOCHS, MOST_EPOCHS] = [10, 2_000];
/** An epoch of few updates moves little: so many have to bring nothing better before training ends. */
const PATIENT_UPDATES = 200;
const [LEAST_PATIENCE, MOST_PATIENCE] = [5, 200];

/** How many updates an epoch has, which takes one sequence of each group, such as one caption of a picture. */
export const updatesPerEpoch = (
  index: Index,
  options: Pick<TrainingOptions, "batchSize" | "window">,
): number =>
  planBatches(
    oneOfEach(trainingSpans(index, options), index, () => 0),
    options,
  ).length;

/**
 * Epochs and patience that are counted in updates.
 *
 * @example
 * usualLength(1); // { epochs: 2000, patience: 200 } of a short series
 * usualLength(100); // { epochs: 40, patience: 5 }
 */
export const usualLength = (updates: number): Pick<TrainingOptions, "epochs" | "patience"> => ({
  epochs: Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, Math.ceil(MOST_UPDATES / updates))),
  patience: Math.min(MOST_PATIENCE, Math.max(LEAST_PATIENCE, Math.ceil(PATIENT_UPDATES / updates))),
});
