import { VrnnError } from "../errors.ts";

/** Precision, recall and their harmonic mean at a threshold. */
export interface ThresholdQuality {
  readonly threshold: number;
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
}

/** What a ranking of steps by their scores is worth. */
export interface RankingQuality {
  /** Precision averaged over the positives, in the order of scores (no interpolation). */
  readonly averagePrecision: number;
  /** At the threshold that is best in hindsight: no detector reaches it that has not seen the labels. */
  readonly best: ThresholdQuality;
}

/**
 * Average precision, and F1 at its best threshold; steps of equal scores stand or fall together.
 *
 * @param scores `[n]`, higher meaning more positive
 * @param positive `[n]`, non-zero for a positive
 * @throws VrnnError `metrics/one-class` without positives, `metrics/length` when the lengths differ
 * @example
 * rankingQuality([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).averagePrecision; // 0.8333
 */
export function rankingQuality(scores: ArrayLike<number>, positive: ArrayLike<number>): RankingQuality {
  const { length } = scores;
  if (length !== positive.length)
    throw new VrnnError("metrics/length", `${length} scores but ${positive.length} labels`);
  const positives = Array.from(positive).filter((one) => one !== 0).length;
  if (positives === 0) throw new VrnnError("metrics/one-class", "average precision needs positives");
  const order = Array.from({ length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  let best: ThresholdQuality = { threshold: Infinity, f1: 0, precision: 0, recall: 0 };
  let [hits, averagePrecision, before] = [0, 0, 0];
  order.forEach((place, i) => {
    hits += positive[place] ? 1 : 0;
    if (i + 1 < length && scores[order[i + 1]!] === scores[place]) return;
    const precision = hits / (i + 1);
    averagePrecision += ((hits - before) / positives) * precision;
    before = hits;
    const f1 = (2 * hits) / (i + 1 + positives);
    if (f1 > best.f1) best = { threshold: scores[place]!, f1, precision, recall: hits / positives };
  });
  return { averagePrecision, best };
}

/** Flags against labels, step by step: every one counts. */
export function flagQuality(
  flags: ArrayLike<number>,
  positive: ArrayLike<number>,
): Omit<ThresholdQuality, "threshold"> {
  let [hits, flagged, positives] = [0, 0, 0];
  for (let i = 0; i < flags.length; i++) {
    hits += flags[i] && positive[i] ? 1 : 0;
    flagged += flags[i] ? 1 : 0;
    positives += positive[i] ? 1 : 0;
  }
  return {
    f1: flagged + positives === 0 ? 0 : (2 * hits) / (flagged + positives),
    precision: flagged === 0 ? 0 : hits / flagged,
    recall: positives === 0 ? 0 : hits / positives,
  };
}
