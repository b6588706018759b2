/** Whether something is of none of the labels that were learned: by how sure a model is, and by how likely it finds it. */
import { meanOf } from "../collections.ts";
import { varianceOf } from "../metrics/moments.ts";

/** What a model says of a sequence. */
export interface Certainty {
  /** log p / (1 − p) of the likeliest label. */
  readonly confidence: number;
  /** Nats per step of its bound. */
  readonly nats: number;
}

/** How something spreads over sequences. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** What is usual of sequences whose labels were learned. */
export interface Insiders {
  readonly confidence: Spread;
  readonly nats: Spread;
  /** `[QUANTILES + 1]`: the quantiles of their oddness, from the least to the most. */
  readonly oddness: readonly number[];
}

/** Oddness is kept in so many equal shares. */
export const QUANTILES = 1000;

/** No spread is taken for less. */
const LEAST_DEVIATION = 1e-6;

/**
 * What is usual, learned of sequences that training has not seen.
 *
 * @param seen one at least
 */
export function usualOf(seen: readonly Certainty[]): Insiders {
  const spreadOf = (values: readonly number[]): Spread => ({
    mean: meanOf(values),
    deviation: Math.max(LEAST_DEVIATION, Math.sqrt(varianceOf(values))),
  });
  const usual = {
    confidence: spreadOf(seen.map(({ confidence }) => confidence)),
    nats: spreadOf(seen.map(({ nats }) => nats)),
  };
  const sorted = seen.map((each) => oddnessOf(each, usual)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return { ...usual, oddness: Array.from({ length: QUANTILES + 1 }, (_, i) => at(i / QUANTILES)) };
}

/**
 * How much less sure, and how much less likely, a sequence is than usual: in standard deviations of either, added up.
 *
 * @example
 * oddnessOf({ confidence: -1, nats: -9 }, insiders); // 5.2
 */
export const oddnessOf = (
  { confidence, nats }: Certainty,
  usual: Pick<Insiders, "confidence" | "nats">,
): number => below(confidence, usual.confidence) + below(nats, usual.nats);

const below = (value: number, { mean, deviation }: Spread): number => (mean - value) / deviation;

/** The oddness that a share of usual sequences exceeds. @param share 0 to 1 */
export const oddestOf = ({ oddness }: Insiders, share: number): number =>
  oddness[Math.round((1 - share) * QUANTILES)]!;

/** log p / (1 − p) of the likeliest of some labels. @param logProb `[L]` */
export function confidenceOf(logProb: ArrayLike<number>): number {
  const all = Array.from(logProb);
  const best = all.indexOf(Math.max(...all));
  const others = all.reduce((sum, each, l) => (l === best ? sum : sum + Math.exp(each)), 0);
  return all[best]! - Math.log(Math.max(others, Number.MIN_VALUE));
}
