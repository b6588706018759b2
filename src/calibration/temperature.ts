/** Probabilities of labels put right by one number: temperature scaling (Guo, Pleiss, Sun and Weinberger, ICML 2017). */
import type { ToldLabel } from "../metrics/classes.ts";

/** Temperatures lie between these. */
const [LEAST, MOST] = [1e-2, 1e2];
const HALVINGS = 60;

/**
 * The temperature by which logarithms of probabilities are divided so that the mean of −log p of the true labels is least. The
 * loss is convex in its inverse, so there is one; 1 where nothing is known.
 *
 * @example
 * fittedTemperature([{ label: 0, logProb: [-0.01, -4.6] }, { label: 1, logProb: [-0.01, -4.6] }]); // 100: it was far too sure
 */
export function fittedTemperature(told: readonly ToldLabel[]): number {
  if (told.length === 0) return 1;
  let [low, high] = [1 / MOST, 1 / LEAST].map(Math.log) as [number, number];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (slopeAt(told, Math.exp(middle)) > 0) high = middle;
    else low = middle;
  }
  return Math.exp(-(low + high) / 2);
}

/** The slope of the mean of −log p along the inverse temperature: what is expected of the scores less those of the labels. */
function slopeAt(told: readonly ToldLabel[], inverse: number): number {
  let slope = 0;
  for (const { label, logProb } of told) {
    const scores = Array.from(logProb, (each) => Math.max(each, LOWEST));
    const own = tempered(scores, 1 / inverse);
    slope += own.reduce((all, each, l) => all + Math.exp(each) * scores[l]!, 0) - scores[label]!;
  }
  return slope;
}

/** A probability of 0 is taken for this one, so that a difference of two is a number. */
const LOWEST = -1e4;

/**
 * Logarithms of probabilities under a temperature, `[L]`.
 *
 * @example
 * tempered([Math.log(0.9), Math.log(0.1)], 2).map(Math.exp); // [0.75, 0.25]
 */
export function tempered(logProb: ArrayLike<number>, temperature: number): Float64Array {
  const scores = Float64Array.from(logProb, (each) => each / temperature);
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const norm = most + Math.log(scores.reduce((all, each) => all + Math.exp(each - most), 0));
  return scores.map((each) => each - norm);
}
