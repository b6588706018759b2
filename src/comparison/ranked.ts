/** How the models of a comparison stand: the best first, each beside it by the same stretches of the test split. */
import { type PairedBlock, pairedInterval } from "../metrics/block-bootstrap.ts";
import { type Verdict, verdictOf } from "../metrics/verdict.ts";
import { type Exam, stepsOf } from "./exam.ts";
import type { Result } from "./kept.ts";

/** An interval of 95 %; null of fewer than five stretches, which tell nothing of how they vary. */
export type Interval = readonly [low: number, high: number] | null;

/** A model among others. */
export interface Standing extends Omit<Result, "nats"> {
  readonly natsPerStep: number;
  readonly interval: Interval;
  /** The model that it is held against: the best, of the best itself the next one; null where it is alone. */
  readonly against: string | null;
  /** Its nats per step less those of the other one. */
  readonly difference: number | null;
  readonly differenceInterval: Interval;
  readonly verdict: Verdict | null;
}

/** @returns the best first */
export function ranked(results: readonly Result[], exam: Exam): readonly Standing[] {
  const steps = exam.stretches.map(({ from, to }) => to - from);
  const all = stepsOf(exam);
  const mean = ({ nats }: Result) => nats.reduce((sum, each) => sum + each, 0) / all;
  const order = results.toSorted((a, b) => mean(b) - mean(a));
  return order.map(({ nats, ...told }, place) => {
    const rival = place === 0 ? order[1] : order[0];
    const interval = gainInterval(nats, undefined, steps);
    const beside = { ...told, natsPerStep: mean(order[place]!), interval };
    if (rival === undefined)
      return { ...beside, against: null, difference: null, differenceInterval: null, verdict: null };
    const differenceInterval = gainInterval(nats, rival.nats, steps);
    return {
      ...beside,
      against: rival.name,
      difference: mean(order[place]!) - mean(rival),
      differenceInterval,
      verdict: verdictOf(differenceInterval),
    };
  });
}

/** By how many nats a step some stretches are told better than by a rival, or than by nothing. */
function gainInterval(
  nats: readonly number[],
  rival: readonly number[] | undefined,
  steps: readonly number[],
): Interval {
  // What is told better costs less: losses of the rival less those of the model.
  const blocks = nats.map(
    (own, k): PairedBlock => ({ loss: own, rival: rival?.[k] ?? 0, weight: steps[k]! }),
  );
  return pairedInterval(blocks) ?? null;
}
