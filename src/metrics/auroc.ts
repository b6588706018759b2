import { VrnnError } from "../errors.ts";

/**
 * The area under the receiver operating characteristic: the probability that a random positive scores above a random
 * negative, ties counting half (the Mann-Whitney statistic, from mid-ranks, in O(n log n)).
 *
 * @param scores `[n]`, higher meaning more positive.
 * @param positive `[n]`, true or non-zero for a positive.
 * @throws VrnnError `metrics/one-class` unless both classes occur, `metrics/not-a-number` at the first NaN,
 * `metrics/length` when the lengths differ.
 * @example
 * auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]); // 0.75
 */
export function auroc(scores: ArrayLike<number>, positive: ArrayLike<number | boolean>): number {
  refuse(scores, positive);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last + 1 < order.length && scores[order[last + 1]!] === scores[order[first]!]) last += 1;
    const tied = order.slice(first, last + 1).filter((i) => positive[i]).length;
    positives += tied;
    rankSum += (tied * (first + last + 2)) / 2;
    first = last + 1;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new VrnnError("metrics/one-class", "the area under the curve needs positives and negatives");
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function refuse(scores: ArrayLike<number>, positive: ArrayLike<number | boolean>): void {
  if (scores.length !== positive.length) {
    throw new VrnnError("metrics/length", `${scores.length} scores but ${positive.length} labels`);
  }
  const step = Array.from(scores).findIndex(Number.isNaN);
  if (step >= 0)
    throw new VrnnError("metrics/not-a-number", "the score is not a number", { at: `entry ${step}` });
}
