/** Probabilities of labels put right by one number: temperature scaling (Guo, Pleiss, Sun and Weinberger, ICML 2017). */
import type { ToldLabel } from "../metrics/classes.ts";

/** Temperatures lie between these. */
const [LEAST, MOST] = [1e-2, 1e2];
const HALVINGS = 60;
/** As many labels speak for the temperature 1, so that a few that are all right make nobody sure beyond measure. */
const PRIOR = 10;

/**
 * The temperature by which logarithms of probabilities are divided so that Σ −log p of the true labels + 5 log² T is least: the
 * second term is that of ten labels' weight on the temperature 1, and is next to nothing beside hundreds of labels. 1 where nothing is known.
 *
 * @example
 * fittedTemperature(told); // 1.7: it was too sure
 */
export function fittedTemperature(told: readonly ToldLabel[]): number {
  if (told.length === 0) return 1;
  let [low, high] = [1 / MOST, 1 / LEAST].map(Math.log) as [number, number];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2; // the logarithm of the inverse temperature
    if (slopeAt(told, Math.exp(middle)) * Math.exp(middle) + PRIOR * middle > 0) high = middle;
    else low = middle;
  }
  return Math.exp(-(low + high) / 2);
}

/** The slope of the sum of −log p along the inverse temperature: what is expected of the scores less those of the labels. */
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
