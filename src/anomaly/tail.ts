import { firstPlace } from "../collections.ts";

/**
 * What usual scores look like: their empirical distribution, and beyond its 95 % quantile a generalised Pareto tail,
 * so that scores higher than any seen still get a probability.
 */
export interface TailModel {
  /** The usual scores, ascending. */
  readonly sorted: Float64Array;
  /** The 95 % quantile, where the tail begins. */
  readonly threshold: number;
  /** The generalised Pareto distribution of the excess over the threshold. */
  readonly scale: number;
  readonly shape: number;
}

/** The share of the usual scores that the tail is fitted to. */
export const TAIL_SHARE = 0.05;

const LEAST_SCALE = 1;

/**
 * Fits the distribution of usual scores, which are negative log-likelihoods in nats, at least one.
 *
 * The tail is fitted by probability-weighted moments (Hosking and Wallis 1987) and may be heavier than what the
 * scores claim of themselves but never lighter: shape ≥ 0, scale ≥ 1 nat. For a score −log p(x) of a true normal
 * model the excess falls off as exp(−excess), a scale of 1; so calibration can discount a column whose surprises
 * come too often, and a nat of excess never counts for more than a nat, however little the usual scores varied.
 */
export function fitTail(scores: Float64Array, leastScale = LEAST_SCALE): TailModel {
  const sorted = scores.toSorted();
  const threshold = quantile(sorted, 1 - TAIL_SHARE);
  const excesses = sorted.subarray(firstAbove(sorted, threshold)).map((score) => score - threshold);
  return { sorted, threshold, ...generalisedPareto(excesses, leastScale) };
}

/** Scale and shape from excesses in ascending order: shape = 2 − a₀/(a₀ − 2a₁), scale = 2a₀a₁/(a₀ − 2a₁). */
function generalisedPareto(excesses: Float64Array, leastScale: number): { scale: number; shape: number } {
  const n = excesses.length;
  if (n === 0) return { scale: leastScale, shape: 0 };
  const a0 = excesses.reduce((sum, y) => sum + y, 0) / n;
  const a1 = excesses.reduce((sum, y, i) => sum + y * (1 - (i + 0.65) / n), 0) / n;
  const spread = a0 - 2 * a1;
  const shape = 2 - a0 / spread;
  if (!(shape > 0)) return { scale: Math.max(a0, leastScale), shape: 0 };
  return { scale: Math.max((2 * a0 * a1) / spread, leastScale), shape };
}

/**
 * How surprising a score is, in nats: −log of the probability that a usual score is at least as high. Usual scores
 * of a continuous column give a standard exponential: mean 1.
 *
 * @example
 * surprise(fitTail(Float64Array.of(1, 2, 3, 4)), 3); // −log((2 + 1)/(4 + 1)) = 0.5108256237659907
 */
export function surprise(tail: TailModel, score: number): number {
  const { sorted, threshold, scale, shape } = tail;
  const start = score <= threshold ? firstAtLeast(sorted, score) : firstAbove(sorted, threshold);
  const body = Math.log((sorted.length + 1) / (sorted.length - start + 1));
  const excess = Math.max(score - threshold, 0) / scale;
  return body + (shape > 0 ? Math.log1p(shape * excess) / shape : excess);
}

/** The least of the sorted values that at least a given share of them do not exceed. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)]!;
}

const firstAtLeast = (sorted: Float64Array, score: number): number =>
  firstPlace(0, sorted.length, (place) => sorted[place]! >= score);

const firstAbove = (sorted: Float64Array, score: number): number =>
  firstPlace(0, sorted.length, (place) => sorted[place]! > score);
