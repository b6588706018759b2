/** How well labels were told. */
import { VrnnError } from "../errors.ts";

/** Something whose label is known, and what was told of it. */
export interface ToldLabel {
  /** The index of the true level. */
  readonly label: number;
  /** `[L]`: the logarithm of the probability of each level. */
  readonly logProb: ArrayLike<number>;
}

/** How well labels were told, over those that are known. */
export interface ClassSummary {
  readonly labelled: number;
  /** The share of those whose likeliest level is the true one. */
  readonly accuracy: number;
  /** The mean of −log p of the true level, in nats. */
  readonly logLoss: number;
  /** `[L][L]`: how many of a true level (row) were told to be of each (column). */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Accuracy, log-loss and confusion. Of levels that are as likely the first counts as told.
 *
 * @param levels L
 * @returns undefined when no label is known
 * @throws VrnnError `metrics/not-a-number` where a logarithm is none; −∞, a probability of 0, is one
 * @example
 * classSummary([{ label: 1, logProb: [Math.log(0.2), Math.log(0.8)] }], 2);
 * // { labelled: 1, accuracy: 1, logLoss: 0.223, confusion: [[0, 0], [0, 1]] }
 */
export function classSummary(told: Iterable<ToldLabel>, levels: number): ClassSummary | undefined {
  const confusion = Array.from({ length: levels }, () => new Array<number>(levels).fill(0));
  let [labelled, right, nats] = [0, 0, 0];
  for (const { label, logProb } of told) {
    refuseNaN(logProb, labelled);
    let likeliest = 0;
    for (let l = 1; l < levels; l++) if (logProb[l]! > logProb[likeliest]!) likeliest = l;
    confusion[label]![likeliest]! += 1;
    labelled += 1;
    right += likeliest === label ? 1 : 0;
    nats -= logProb[label]!;
  }
  if (labelled === 0) return undefined;
  return { labelled, accuracy: right / labelled, logLoss: nats / labelled, confusion };
}

function refuseNaN(logProb: ArrayLike<number>, place: number): void {
  if (!Array.from(logProb).some(Number.isNaN)) return;
  throw new VrnnError("metrics/not-a-number", "the logarithm of a probability is not a number", {
    at: `label ${place}`,
  });
}

/**
 * What comes of telling everything the same: the shares of the levels in training, the most frequent of which is told.
 *
 * @param labels true levels
 * @param shares `[L]`
 */
export const majoritySummary = (
  labels: readonly number[],
  shares: readonly number[],
): ClassSummary | undefined => {
  const logProb = shares.map(Math.log);
  return classSummary(
    labels.map((label) => ({ label, logProb })),
    shares.length,
  );
};

/** How well one level was told. */
export interface LevelReport {
  readonly count: number;
  readonly told: number;
  readonly right: number;
  /** The share of those told that were right, and of the true ones that were told; undefined where there are none. */
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  /** Their harmonic mean; 0 where none was right, undefined of a level that is neither there nor told. */
  readonly f1: number | undefined;
}

/**
 * Precision, recall and F1 of each level.
 *
 * @param confusion `[L][L]`, true levels by row
 * @example
 * classReport([[8, 2], [0, 10]])[0]; // { count: 10, told: 8, right: 8, precision: 1, recall: 0.8, f1: 0.889 }
 */
export const classReport = (confusion: ClassSummary["confusion"]): LevelReport[] =>
  confusion.map((own, level) => {
    const count = own.reduce((all, each) => all + each, 0);
    const told = confusion.reduce((all, row) => all + row[level]!, 0);
    const right = own[level]!;
    return {
      ...{ count, told, right },
      precision: told === 0 ? undefined : right / told,
      recall: count === 0 ? undefined : right / count,
      f1: count + told === 0 ? undefined : (2 * right) / (count + told),
    };
  });
