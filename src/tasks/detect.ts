import { VrnnError } from "../errors.ts";
import { DEFAULT_GAP_SECONDS, duration, flaggedSpans, type Span } from "../metrics/spans.ts";
import { fitTail, quantile, surprise, TAIL_SHARE, type TailModel } from "./tail.ts";

/** How unlikely a model found each entry of a sequence. */
export interface EntryScores {
  /** `[steps]`, ascending, in seconds. */
  readonly times: Float64Array;
  /** `[steps, columns]`, row-major: the negative log-likelihood of each entry in nats; NaN where it is missing. */
  readonly values: Float64Array;
}

/** How a detector weighs and flags. */
export interface DetectorOptions {
  /** The number of latest steps whose surprise is averaged; 10 (two seconds at 5 Hz) unless told. */
  readonly window?: number;
  /** The rate of false alarms aimed at, in events per hour of clean data; 1 unless told. */
  readonly alarmsPerHour?: number;
  /** Flags less than this many seconds apart are one event; 3 unless told. */
  readonly gap?: number;
}

/** What is usual of a column. */
export interface ColumnCalibration {
  readonly name: string;
  /** The distribution of its clean scores. */
  readonly tail: TailModel;
  /** The surprise of a missing entry in nats: −log of the share of clean entries that are missing. */
  readonly missing: number;
  /** The mean surprise of its clean entries, in nats. */
  readonly usual: number;
}

/** A detector fitted to clean data. */
export interface Detector {
  readonly columns: readonly ColumnCalibration[];
  readonly window: number;
  readonly gap: number;
  /** A step is flagged when its score is above this. */
  readonly threshold: number;
}

/** A flagged stretch of time. */
export interface AnomalyEvent extends Span {
  /** The highest score of the stretch, and when it was reached. */
  readonly peak: number;
  readonly peakTime: number;
  /** The columns that stood out most, at most three, the strongest first. */
  readonly reasons: readonly Reason[];
}

/** A column's part in an event: its mean surprise over the event above its mean on clean data, in nats. */
export interface Reason {
  readonly column: string;
  readonly excess: number;
}

/** What a detector says of a sequence. */
export interface Detection {
  /** `[steps]`, in nats, to be held against the detector's threshold. */
  readonly scores: Float64Array;
  /** `[steps]`, 1 for a flagged step. */
  readonly flags: Uint8Array;
  readonly events: readonly AnomalyEvent[];
}

const LEAST_CLEAN_STEPS = 100;
const MOST_REASONS = 3;

/**
 * Fits a detector to the scores of clean sequences, best of a validation split: no incident is needed or used.
 *
 * 1. Each entry's score becomes a surprise, −log of the probability that a clean score of its column is as high
 *    (`fitTail`). A column whose likelihood is often far off, such as a bursty one, thereby counts no more than any
 *    other; with a plain sum of nats it would decide alone. A missing entry is as surprising as it is rare in clean
 *    data: a sensor that falls silent is news.
 * 2. A step's score is the sum over columns (Fisher's way to combine probabilities), averaged over the last `window`
 *    steps, so it is causal. Steps before the first count as usual.
 * 3. The threshold is the score that clean data tops in `alarmsPerHour` events an hour. That is rarer than a short
 *    clean recording can show, so it is extrapolated: peaks of the events above the 95 % quantile exceed it by an
 *    exponentially distributed excess (a sum of standard exponentials has an exponential tail), hence threshold =
 *    quantile + mean excess · log(events seen ÷ events wanted). It is never below that quantile.
 *
 * @throws VrnnError `detect/too-little-clean-data` under 100 clean steps, `detect/bad-score` when a clean score is
 * infinite or a column has none, `detect/bad-option` when an option is out of range.
 * @example
 * const detector = fitDetector(["cpu", "latency"], cleanScores, { alarmsPerHour: 0.5 });
 * detect(scores, detector).events[0];
 * // { start: 61.2, end: 70.4, first: 306, last: 352, peak: 17.3, peakTime: 66, reasons: [{ column: "cpu", excess: 6.1 }] }
 */
export function fitDetector(
  columns: readonly string[],
  clean: readonly EntryScores[],
  { window = 10, alarmsPerHour = 1, gap = DEFAULT_GAP_SECONDS }: DetectorOptions = {},
): Detector {
  refuseOption("window", window, Number.isInteger(window) && window >= 1, "a whole number from 1");
  refuseOption("alarmsPerHour", alarmsPerHour, alarmsPerHour > 0, "a positive number");
  refuseOption("gap", gap, gap >= 0, "a number of seconds from 0");
  refuseShort(clean);
  const calibrations = columns.map((name, j) => calibrate(name, entriesOf(clean, j, columns.length)));
  const unset = { columns: calibrations, window, gap };
  return { ...unset, threshold: thresholdFor(unset, clean, alarmsPerHour) };
}

/**
 * Scores and flags a sequence, and gathers the flags into events with their reasons.
 *
 * @param scores of the columns that the detector was fitted to, in the same order.
 */
export function detect(scores: EntryScores, detector: Detector): Detection {
  const surprises = surprisesOf(scores, detector);
  const smoothed = smooth(surprises, detector);
  const flags = Uint8Array.from(smoothed, (score) => (score > detector.threshold ? 1 : 0));
  const spans = flaggedSpans(scores.times, flags, detector.gap);
  const events = spans.map((span): AnomalyEvent => {
    const top = peakStep(smoothed, span);
    const reasons = reasonsOf(surprises, span, detector);
    return { ...span, peak: smoothed[top]!, peakTime: scores.times[top]!, reasons };
  });
  return { scores: smoothed, flags, events };
}

type Unset = Omit<Detector, "threshold">;

function calibrate(name: string, entries: Float64Array): ColumnCalibration {
  const scores = entries.filter((score) => !Number.isNaN(score));
  if (scores.length === 0 || !scores.every(Number.isFinite)) {
    const what = scores.length > 0 ? "a clean score is infinite" : "no clean entry has a score";
    throw new VrnnError("detect/bad-score", what, { at: `column ${name}`, remedy: "leave the column out" });
  }
  const missing = Math.log((entries.length + 1) / (entries.length - scores.length + 1));
  const partial = { name, tail: fitTail(scores), missing };
  return { ...partial, usual: mean(entries.map((score) => entrySurprise(score, partial))) };
}

function entrySurprise(score: number, { tail, missing }: Omit<ColumnCalibration, "usual">): number {
  return Number.isNaN(score) ? missing : surprise(tail, score);
}

/** The surprise of each entry: `[steps, columns]`. */
function surprisesOf({ values }: EntryScores, { columns }: Unset): Float64Array {
  return values.map((score, i) => entrySurprise(score, columns[i % columns.length]!));
}

/** The mean over the window of each step's sum over columns: `[steps]`. */
function smooth(surprises: Float64Array, { columns, window }: Unset): Float64Array {
  const usual = columns.reduce((sum, column) => sum + column.usual, 0);
  const sums = Float64Array.from({ length: surprises.length / columns.length }, (_, t) =>
    total(surprises.subarray(t * columns.length, (t + 1) * columns.length)),
  );
  return sums.map((_, t) => {
    const seen = sums.subarray(Math.max(t + 1 - window, 0), t + 1);
    return total(seen) / window + usual * (1 - seen.length / window);
  });
}

function thresholdFor(unset: Unset, clean: readonly EntryScores[], alarmsPerHour: number): number {
  const smoothed = clean.map((scores) => smooth(surprisesOf(scores, unset), unset));
  const sorted = Float64Array.from(smoothed.flatMap((scores) => [...scores])).sort();
  const base = quantile(sorted, 1 - TAIL_SHARE);
  const excesses = smoothed.flatMap((scores, i) => {
    const above = scores.map((score) => (score > base ? 1 : 0));
    const spans = flaggedSpans(clean[i]!.times, above, unset.gap);
    return spans.map((span) => scores[peakStep(scores, span)]! - base);
  });
  if (excesses.length === 0) return base;
  const hours = clean.reduce((sum, { times }) => sum + duration(times), 0) / 3600;
  const rarity = Math.log(excesses.length / (hours * alarmsPerHour));
  return base + mean(Float64Array.from(excesses)) * Math.max(rarity, 0);
}

function peakStep(scores: Float64Array, { first, last }: Span): number {
  let top = first;
  for (let step = first; step <= last; step++) if (scores[step]! > scores[top]!) top = step;
  return top;
}

function reasonsOf(surprises: Float64Array, { first, last }: Span, { columns, window }: Unset): Reason[] {
  const width = columns.length;
  const stretch = surprises.subarray(Math.max(first + 1 - window, 0) * width, (last + 1) * width);
  return columns
    .map(({ name, usual }, j) => ({ column: name, excess: mean(everyNth(stretch, j, width)) - usual }))
    .filter(({ excess }) => excess > 0)
    .sort((a, b) => b.excess - a.excess)
    .slice(0, MOST_REASONS);
}

function entriesOf(scores: readonly EntryScores[], column: number, width: number): Float64Array {
  return Float64Array.from(scores.flatMap(({ values }) => [...everyNth(values, column, width)]));
}

/** One column of a row-major matrix. */
function everyNth(values: Float64Array, column: number, width: number): Float64Array {
  return Float64Array.from({ length: values.length / width }, (_, t) => values[t * width + column]!);
}

function refuseShort(clean: readonly EntryScores[]): void {
  const steps = clean.reduce((sum, { times }) => sum + times.length, 0);
  const seconds = clean.reduce((sum, { times }) => sum + duration(times), 0);
  if (steps >= LEAST_CLEAN_STEPS && seconds > 0) return;
  const what = `${steps} clean steps in ${seconds} s are too few to set a threshold by, it takes ${LEAST_CLEAN_STEPS}`;
  throw new VrnnError("detect/too-little-clean-data", what, { remedy: "give a longer clean recording" });
}

function refuseOption(name: string, value: number, fits: boolean, remedy: string): void {
  if (!fits) throw new VrnnError("detect/bad-option", `${name} is ${value}`, { remedy: `give ${remedy}` });
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function mean(values: Float64Array): number {
  return total(values) / values.length;
}
