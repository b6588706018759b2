/** How the training sequences become the batches of an epoch. */
import { type BatchPlan, planEpoch, streams } from "../data/batches.ts";
import type { Sequence } from "../data/dataset.ts";
import { Random } from "../random/generator.ts";
import type { TrainingOptions } from "./options.ts";

/** Updates that an epoch should have before recordings are cut to fill a batch. */
const fewestUpdates = 32;

type EpochOptions = Pick<TrainingOptions, "batchSize" | "window" | "seed">;

/** The batches of an epoch, in an order that the seed and the epoch decide. */
export function epochPlan(
  train: readonly Sequence[],
  { batchSize, window, seed }: EpochOptions,
  epoch: number,
): readonly BatchPlan[] {
  const order = Random.stream(seed, "order", epoch);
  const random = (bound: number) => order.integer(bound);
  return planEpoch(trainingStreams(train, batchSize, window), { batchSize, window, random });
}

/** Few long recordings are cut into streams that train side by side, as long as enough steps are left in an epoch. */
function trainingStreams(train: readonly Sequence[], batchSize: number, window: number): readonly Sequence[] {
  const windows = train.reduce((sum, { length }) => sum + Math.ceil(length / window), 0);
  const rows = Math.min(batchSize, Math.floor(windows / fewestUpdates));
  return train.length * 2 <= rows ? streams(train, rows, window) : train;
}

/** How many batches came before this one of the same sequences. */
export const placeInChain = (plan: readonly BatchPlan[], at: number): number =>
  plan[at]?.continues ? 1 + placeInChain(plan, at - 1) : 0;
