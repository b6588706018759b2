/** How well what was found fits labels, and how well simple rules do on the same data. */
import type { Detector } from "../anomaly/detect.ts";
import { secondsOf } from "../anomaly/entry-scores.ts";
import type { Findings } from "../anomaly/find-incidents.ts";
import { movingZ } from "../baselines/moving-z.ts";
import { columnDeviations, fitPca, pcaResiduals, type Rows } from "../baselines/pca.ts";
import { concatenated, joinedBytes } from "../collections.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import { auroc } from "../metrics/auroc.ts";
import { type DetectionQuality, detectionQuality, type Incident } from "../metrics/detection.ts";
import { type NabResult, type NabSeries, nabAt, nabOptimised, newsOf } from "../metrics/nab.ts";
import { flagQuality, rankingQuality } from "../metrics/ranking.ts";

/** Reached from here too: what all that is loaded later reaches alike a bundler leaves in one piece. */
export { note } from "./usual.ts";

/** How well scores of steps tell labelled ones. */
export interface PointQuality {
  readonly auroc: number | null;
  readonly averagePrecision: number;
  /** At the best threshold in hindsight. */
  readonly bestF1: number;
  /** At the own threshold. */
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
  readonly flagged: number;
}

/** What labels say of what was found. */
export interface LabelledQuality {
  readonly points: PointQuality;
  readonly incidents: DetectionQuality;
  /** The score of the Numenta Anomaly Benchmark, standard profile, at its best threshold and at the own one. */
  readonly nab: { readonly optimised: NabResult; readonly own: NabResult };
  /** Rules of one line on the same steps, each at its own threshold: the 99 % quantile of the clean data. */
  readonly baselines: Readonly<Record<"pca" | "movingZ", PointQuality>>;
}

/** What is judged. */
export interface Judged {
  readonly found: readonly Findings[];
  /** `[steps]` each, 1 for a step in which something was wrong. */
  readonly labels: readonly Uint8Array[];
  readonly detector: Detector;
  readonly columns: readonly Column[];
  /** What simple rules learn from. */
  readonly clean: readonly Sequence[];
}

/** Alarms within so many steps of one are the same to the benchmark's score: it counts each step that is told. */
const QUIET = 100;

/** @returns undefined where no step is labelled as wrong: there is nothing to find */
export function qualityBy({ found, labels, detector, columns, clean }: Judged): LabelledQuality | undefined {
  const positive = joinedBytes(labels);
  if (!positive.includes(1)) return undefined;
  const scores = concatenated(found.map(({ scores: own }) => own));
  const flags = joinedBytes(found.map(({ flags: own }) => own));
  const series = found.map(
    (one, i): NabSeries => ({ scores: newsOf(one.scores, QUIET), windows: windowsOf(labels[i]!) }),
  );
  const flagged = found.map((one, i) => ({
    times: secondsOf(one.sequence),
    flags: one.flags,
    incidents: incidentsBy(one.sequence, labels[i]!),
  }));
  return {
    points: pointQuality(scores, flags, positive),
    incidents: detectionQuality(flagged, { gap: detector.gap, tolerance: 0 }),
    nab: { optimised: nabOptimised(series), own: nabAt(series, detector.threshold) },
    baselines: ruleQuality(
      found.map(({ sequence }) => sequence),
      clean,
      columns,
      positive,
    ),
  };
}

/** The labelled stretches of a sequence as incidents. */
export function incidentsBy(sequence: Sequence, labels: Uint8Array): Incident[] {
  const times = secondsOf(sequence);
  return windowsOf(labels).map(({ first, last }) => ({
    kind: "labelled",
    start: times[first]!,
    end: times[last]!,
  }));
}

/** Stretches of labelled steps. */
export function windowsOf(labels: Uint8Array): { first: number; last: number }[] {
  const windows: { first: number; last: number }[] = [];
  labels.forEach((label, step) => {
    const open = windows.at(-1);
    if (label === 0) return;
    if (open?.last === step - 1) open.last = step;
    else windows.push({ first: step, last: step });
  });
  return windows;
}

/** Scores against labels, and flags against them. */
export function pointQuality(scores: Float64Array, flags: Uint8Array, positive: Uint8Array): PointQuality {
  const { averagePrecision, best } = rankingQuality(scores, positive);
  const isMixed = positive.includes(0);
  return {
    auroc: isMixed ? auroc(scores, positive) : null,
    averagePrecision,
    bestF1: best.f1,
    ...flagQuality(flags, positive),
    flagged: flags.reduce((sum, flag) => sum + flag, 0),
  };
}

/** The share of the variance that principal components hold. */
const VARIANCE = 0.9;
const QUANTILE = 0.99;

/** How well simple rules tell the labels. @param positive 1 for each step in which something was wrong */
export function ruleQuality(
  sequences: readonly Sequence[],
  clean: readonly Sequence[],
  columns: readonly Column[],
  positive: Uint8Array,
): LabelledQuality["baselines"] {
  const width = columns.length;
  const rows = ({ values }: Sequence): Rows => ({ values, width });
  const usual = concatenated(clean.map(({ values }) => values));
  const deviations = columnDeviations({ values: usual, width }); // 0 for a column that never moved, which stays as it is
  const scaled = (values: Float64Array): Rows => ({
    values: values.map((value, i) => value / (deviations[i % width]! || 1)),
    width,
  });
  const pca = fitPca(scaled(usual), { variance: VARIANCE });
  // A column that hardly moved in training would decide alone: its deviation counts as a hundredth of its range at least.
  const floors = Float64Array.from(columns, ({ standardDeviation, minimum, maximum }) =>
    Math.max(0.1 * standardDeviation, 0.01 * (maximum - minimum), Number.MIN_VALUE),
  );
  const rules = {
    pca: (sequence: Sequence) => pcaResiduals(pca, scaled(sequence.values)),
    movingZ: (sequence: Sequence) => movingZ(rows(sequence), { floors }),
  };
  const judge = (rule: (sequence: Sequence) => Float64Array) => {
    const usual = concatenated(clean.map(rule)).sort();
    const threshold = usual[Math.ceil(QUANTILE * usual.length) - 1]!;
    const scores = concatenated(sequences.map(rule));
    return pointQuality(
      scores,
      Uint8Array.from(scores, (score) => (score > threshold ? 1 : 0)),
      positive,
    );
  };
  return { pca: judge(rules.pca), movingZ: judge(rules.movingZ) };
}
