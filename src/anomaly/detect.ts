import { everyNth, meanOf, rowSums, total } from "../collections.ts";
import { VrnnError } from "../errors.ts";
import { DEFAULT_GAP_SECONDS, duration, flaggedSpans, type Span } from "../metrics/spans.ts";
import { longestExcursion } from "./change-watch.ts";
import { clusterPeaks, levelOf, peaksOf, predictiveFactor } from "./extremes.ts";
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
  /** Numbers of latest steps whose surprise is averaged; 1, 5 and 25 unless told: what is short, and what is faint but stays. */
  readonly windows?: readonly number[];
  /**
   * The most false alarms wanted, in events per hour of clean data. Unless told it is 1, and no more than 1 in 1,000 steps,
   * so that data of a step an hour do not give one each hour.
   */
  readonly alarmsPerHour?: number | undefined;
  /** The same in events per 1,000 steps, for data without a clock. One of the two is told. */
  readonly alarmsPerThousandSteps?: number | undefined;
  /** Flags less than this many seconds apart are one event; unless told it is 3 seconds, and ten steps at least. */
  readonly gap?: number | undefined;
  /**
   * After so many steps that were nearly all surprising a column has changed for good; unless told it is half of the clean
   * steps, at least 100 and at most 2,000.
   */
  readonly lasting?: number | undefined;
}

/** What is usual of a column. */
export interface ColumnCalibration {
  readonly name: string;
  /** The distribution of its clean scores. */
  readonly tail: TailModel;
  /** The surprise of a missing entry in nats: −log of the share of clean entries that are missing. */
  readonly missing: number;
  /** The mean surprise of its clean entries, in nats. */
  readonly cleanMean: number;
  /** The latest of its clean scores in their order, missing ones left out: where learning goes on from. */
  readonly latest: readonly number[];
  /** After so many high steps it has changed for good: longer than any excursion of the clean data. */
  readonly lasting: number;
}

/** One way of looking at surprises: those of a column, or of all added up, averaged over the latest steps. */
export interface Statistic {
  /** The place of the column; undefined for the sum of all. */
  readonly column: number | undefined;
  readonly window: number;
  /** The 95 % quantile of the average on clean data. */
  readonly base: number;
  /** By how much the peaks of clean clusters above the base top it, in the mean, raised by how little so few tell of it. */
  readonly excess: number;
  /** The log of the number of such clusters per hour. */
  readonly logRate: number;
  /** What it showed of the latest clean steps: where learning goes on from. */
  readonly latest: readonly number[];
}

/** How often alarms come, by the clock and by steps of clean data. */
export interface AlarmRate {
  readonly perHour: number;
  readonly perThousandSteps: number;
}

/** A detector fitted to clean data. */
export interface Detector {
  readonly columns: readonly ColumnCalibration[];
  readonly statistics: readonly Statistic[];
  readonly gap: number;
  /** After so many odd steps a change is for good. */
  readonly lasting: number;
  /** The most false alarms wanted. */
  readonly wanted: AlarmRate;
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

const DEFAULT_WINDOWS = [1, 5, 25];
/** Flags fewer steps apart than this are one event. */
const DEFAULT_GAP_STEPS = 10;
/** How many of the latest clean scores are kept to learn on from. */
export const KEPT = 2000;
const LASTING = { share: 0.5, least: 100, most: 2000 };
/** So much longer than the longest excursion of clean data a change must be. */
const LONGER = 1.5;
/** Fewer peaks than this tell nothing of their tail. */
const LEAST_PEAKS = 10;
const LEAST_CLEAN_STEPS = 100;
const MOST_REASONS = 3;

/**
 * Fits a detector to the scores of clean sequences, best of a validation split: no incident is needed or used.
 *
 * 1. Each entry's score becomes a surprise, −log of the probability that a clean score of its column is as high
 *    (`fitTail`). A column whose likelihood is often far off, such as a bursty one, thereby counts no more than any
 *    other; with a plain sum of nats it would decide alone. A missing entry is as surprising as it is rare in clean
 *    data: a sensor that falls silent is news.
 * 2. Surprises are looked at in several ways: each column by itself and the sum over columns (Fisher's way to combine
 *    probabilities), each averaged over the latest steps of every window. The sum sees what shows a little everywhere;
 *    a column that is off by itself, and stays so, would drown in it. All is causal; steps before the first count as
 *    usual.
 * 3. Of each view it is known how often clean data reach a height. That is extrapolated, as a short recording cannot
 *    show what is rare: peaks of the clusters above the 95 % quantile exceed it by an exponentially distributed excess
 *    (an average of standard exponentials has an exponential tail), so events of height h come at rate
 *    exp(logRate − (h − base)/excess). What is a cluster the data tell, not the gap between events: one step in twenty
 *    is above the base, so that a gap would glue peaks that have nothing to do with each other, and the highest of many
 *    is no excess of one. The mean excess is raised by how little so few peaks tell of it (`predictiveFactor`). A step's
 *    score is −log of the rate of its rarest view, in events per hour.
 * 4. Each of V views may alarm 1/V of the wanted rate: that is the threshold, log(V/rate) of a rate in events per hour. No view
 *    alarms below its 95 % quantile.
 * 5. Where the clean data themselves would pass that more often than wanted, as their excursions are longer or heavier than
 *    step 3 supposes, the threshold rises to the level that a generalised Pareto distribution of their peaks tells
 *    (`extremes.ts`).
 *
 * @throws VrnnError `detect/too-little-clean-data` under 100 clean steps, `detect/bad-score` when a clean score is
 * infinite or a column has none, `detect/bad-option` when an option is out of range.
 * @example
 * const detector = fitDetector(["cpu", "latency"], cleanScores, { alarmsPerHour: 0.5 });
 * detect(scores, detector).events[0];
 * // { start: 61.2, end: 70.4, first: 306, last: 352, peak: 9.3, peakTime: 66, reasons: [{ column: "cpu", excess: 6.1 }] }
 */
export function fitDetector(
  columns: readonly string[],
  clean: readonly EntryScores[],
  { windows = DEFAULT_WINDOWS, gap: wantedGap, lasting: wantedLasting, ...rates }: DetectorOptions = {},
): Detector {
  const gap = wantedGap ?? usualGap(clean);
  const areWindows = windows.length > 0 && windows.every((window) => Number.isInteger(window) && window >= 1);
  refuseOption("windows", windows, areWindows, "whole numbers from 1");
  refuseOption("gap", gap, gap >= 0, "a number of seconds from 0");
  refuseShort(clean);
  const lasting = wantedLasting ?? usualLasting(stepsOf(clean));
  refuseOption(
    "lasting",
    lasting,
    Number.isInteger(lasting) && lasting >= 1,
    "a whole number of steps from 1",
  );
  const wanted = wantedRate(clean, rates);
  const calibrations = columns.map((name, j) =>
    calibrate(name, entriesOf(clean, j, columns.length), lasting),
  );
  const looks = [...columns.keys(), undefined].flatMap((column) =>
    windows.map((window) => ({ column, window })),
  );
  const recordings = clean.map((scores) => ({
    times: scores.times,
    surprises: surprisesOf(scores, calibrations),
  }));
  const share = wanted.perHour / looks.length;
  const statistics = looks.map((look) => fitStatistic(look, calibrations, recordings, share));
  const views = { columns: calibrations, statistics };
  const threshold = Math.max(-Math.log(share), levelByPeaks(views, recordings, wanted));
  return { ...views, gap, lasting, wanted, threshold };
}

/** The level that the peaks of clean scores reach as often as wanted; −∞ where there are too few to tell. */
function levelByPeaks(
  views: Pick<Detector, "columns" | "statistics">,
  recordings: readonly Recording[],
  { perThousandSteps }: AlarmRate,
): number {
  const scores = recordings.map(({ surprises }) => rarest(surprises, views));
  const all = Float64Array.from(scores.flatMap((own) => [...own])).sort();
  const base = quantile(all, 1 - TAIL_SHARE);
  const peaks = clusterPeaks(scores, base);
  if (peaks.length < LEAST_PEAKS) return Number.NEGATIVE_INFINITY;
  return levelOf(peaksOf(peaks, base, all.length), perThousandSteps / 1000);
}

/** The silence that still belongs to one event, in seconds: three, and ten steps of the data at least. */
function usualGap(clean: readonly EntryScores[]): number {
  const seconds = clean.reduce((sum, { times }) => sum + duration(times), 0);
  return Math.max(DEFAULT_GAP_SECONDS, (DEFAULT_GAP_STEPS * seconds) / Math.max(stepsOf(clean), 1));
}

const stepsOf = (clean: readonly EntryScores[]): number =>
  clean.reduce((sum, { times }) => sum + times.length, 0);

/** After how many high steps a change is for good, unless told. */
const usualLasting = (steps: number): number =>
  Math.round(Math.min(Math.max(LASTING.share * steps, LASTING.least), LASTING.most));

/**
 * Scores and flags a sequence, and gathers the flags into events with their reasons.
 *
 * @param scores of the columns that the detector was fitted to, in the same order.
 */
export function detect(scores: EntryScores, detector: Detector): Detection {
  const surprises = surprisesOf(scores, detector.columns);
  const rarities = rarest(surprises, detector);
  const flags = Uint8Array.from(rarities, (score) => (score > detector.threshold ? 1 : 0));
  const spans = flaggedSpans(scores.times, flags, detector.gap);
  const events = spans.map((span): AnomalyEvent => {
    const top = peakStep(rarities, span);
    const reasons = reasonsOf(surprises, span, detector);
    return { ...span, peak: rarities[top]!, peakTime: scores.times[top]!, reasons };
  });
  return { scores: rarities, flags, events };
}

function calibrate(name: string, entries: Float64Array, lasting: number): ColumnCalibration {
  const scores = entries.filter((score) => !Number.isNaN(score));
  if (scores.length === 0 || !scores.every(Number.isFinite)) {
    const what = scores.length > 0 ? "a clean score is infinite" : "no clean entry has a score";
    throw new VrnnError("detect/bad-score", what, { at: `column ${name}`, remedy: "leave the column out" });
  }
  const missing = Math.log((entries.length + 1) / (entries.length - scores.length + 1));
  const partial = { name, tail: fitTail(scores), missing };
  const surprises = entries.map((score) => entrySurprise(score, partial));
  return {
    ...partial,
    cleanMean: meanOf(surprises),
    latest: [...scores.subarray(-KEPT)],
    lasting: Math.max(lasting, Math.ceil(LONGER * longestExcursion(surprises))),
  };
}

/** What is usual of a column by other scores than the clean ones, at least one of them. */
export function recalibrated(clean: ColumnCalibration, scores: readonly number[]): ColumnCalibration {
  const own = Float64Array.from(scores);
  const partial = { ...clean, tail: fitTail(own) };
  return { ...partial, cleanMean: meanOf(own.map((score) => entrySurprise(score, partial))) };
}

/** The surprise of a score in nats; NaN is a missing entry. */
export function entrySurprise(
  score: number,
  { tail, missing }: Pick<ColumnCalibration, "tail" | "missing">,
): number {
  return Number.isNaN(score) ? missing : surprise(tail, score);
}

/** The surprise of each entry: `[steps, columns]`. */
function surprisesOf({ values }: EntryScores, columns: readonly ColumnCalibration[]): Float64Array {
  return values.map((score, i) => entrySurprise(score, columns[i % columns.length]!));
}

type Look = Pick<Statistic, "column" | "window">;

/** The mean surprise of what a view looks at, on clean data. */
export const cleanMeanOf = ({ column }: Look, columns: readonly ColumnCalibration[]): number =>
  column === undefined
    ? total(Float64Array.from(columns, ({ cleanMean }) => cleanMean))
    : columns[column]!.cleanMean;

/** The mean of the latest surprises over a window; steps before the first count as usual. */
export const windowMean = (latest: Float64Array, window: number, usual: number): number =>
  total(latest) / window + usual * (1 - latest.length / window);

/** −log of the rate at which clean data reach what a view shows, in events per hour. */
export const rarityOf = (shown: number, { base, excess, logRate }: Statistic): number =>
  (shown - base) / excess - logRate;

/** What a view shows of each step: the mean of its surprises over the window. */
function viewed(surprises: Float64Array, look: Look, columns: readonly ColumnCalibration[]): Float64Array {
  const { column, window } = look;
  const width = columns.length;
  const usual = cleanMeanOf(look, columns);
  const series =
    column === undefined ? rowSums(surprises, surprises.length / width) : everyNth(surprises, column, width); // [steps]
  return series.map((_, t) => windowMean(series.subarray(Math.max(t + 1 - window, 0), t + 1), window, usual));
}

interface Recording {
  readonly times: Float64Array;
  readonly surprises: Float64Array;
}

/** @param share the alarms per hour that the view may give. */
function fitStatistic(
  look: Look,
  columns: readonly ColumnCalibration[],
  clean: readonly Recording[],
  share: number,
): Statistic {
  const shown = clean.map(({ surprises }) => viewed(surprises, look, columns));
  const base = quantile(Float64Array.from(shown.flatMap((values) => [...values])).sort(), 1 - TAIL_SHARE);
  const excesses = clusterPeaks(shown, base).map((peak) => peak - base);
  const hours = clean.reduce((sum, { times }) => sum + duration(times), 0) / 3600;
  const logRate = Math.log(Math.max(excesses.length / hours, share));
  const told = predictiveFactor(excesses.length, logRate - Math.log(share));
  // Never lighter than the tail of standard exponentials, of which the average holds `window`.
  const excess = Math.max(
    excesses.length > 0 ? told * meanOf(Float64Array.from(excesses)) : 0,
    1 / look.window,
  );
  const latest = shown.flatMap((values) => [...values.subarray(-KEPT)]).slice(-KEPT);
  return { ...look, base, excess, logRate, latest };
}

/** Of each step −log of the rate at which clean data reach what its rarest view shows. */
function rarest(
  surprises: Float64Array,
  { columns, statistics }: Pick<Detector, "columns" | "statistics">,
): Float64Array {
  const rarities = new Float64Array(surprises.length / columns.length).fill(Number.NEGATIVE_INFINITY);
  for (const view of statistics) {
    viewed(surprises, view, columns).forEach((value, t) => {
      const rarity = rarityOf(value, view);
      if (rarity > rarities[t]!) rarities[t] = rarity;
    });
  }
  return rarities;
}

function peakStep(scores: Float64Array, { first, last }: Span): number {
  let top = first;
  for (let step = first; step <= last; step++) if (scores[step]! > scores[top]!) top = step;
  return top;
}

function reasonsOf(surprises: Float64Array, { first, last }: Span, detector: Detector): Reason[] {
  const width = detector.columns.length;
  const stretch = surprises.subarray(
    Math.max(first + 1 - shortestWindow(detector), 0) * width,
    (last + 1) * width,
  );
  return strongest(
    detector.columns.map(({ name, cleanMean }, j) => ({
      column: name,
      excess: meanOf(everyNth(stretch, j, width)) - cleanMean,
    })),
  );
}

/** The window that reasons look back over. */
export const shortestWindow = ({ statistics }: Detector): number =>
  Math.min(...statistics.map(({ window }) => window));

/** The columns that stand out most, the strongest first. */
export const strongest = (reasons: readonly Reason[]): Reason[] =>
  reasons
    .filter(({ excess }) => excess > 0)
    .sort((a, b) => b.excess - a.excess)
    .slice(0, MOST_REASONS);

function entriesOf(scores: readonly EntryScores[], column: number, width: number): Float64Array {
  return Float64Array.from(scores.flatMap(({ values }) => [...everyNth(values, column, width)]));
}

/** The most alarms wanted, as they were asked for or as is usual. */
function wantedRate(
  clean: readonly EntryScores[],
  {
    alarmsPerHour,
    alarmsPerThousandSteps,
  }: Pick<DetectorOptions, "alarmsPerHour" | "alarmsPerThousandSteps">,
): AlarmRate {
  const given = alarmsPerHour ?? alarmsPerThousandSteps ?? 1;
  const name = alarmsPerHour === undefined ? "alarmsPerThousandSteps" : "alarmsPerHour";
  refuseOption(name, given, given > 0, "a positive number");
  const isOne = alarmsPerHour === undefined || alarmsPerThousandSteps === undefined;
  refuseOption("alarmsPerThousandSteps", given, isOne, "it or alarmsPerHour, not both");
  const thousands = stepsOf(clean) / 1000;
  const hours = clean.reduce((sum, { times }) => sum + duration(times), 0) / 3600;
  if (alarmsPerHour === undefined && (alarmsPerThousandSteps !== undefined || thousands < hours))
    return { perHour: (given * thousands) / hours, perThousandSteps: given };
  return { perHour: given, perThousandSteps: (given * hours) / thousands };
}

function refuseShort(clean: readonly EntryScores[]): void {
  const steps = stepsOf(clean);
  const seconds = clean.reduce((sum, { times }) => sum + duration(times), 0);
  if (steps >= LEAST_CLEAN_STEPS && seconds > 0) return;
  const told = seconds > 0 ? "" : " that take no time";
  const what = `${steps} clean steps${told} are too few to set a threshold by, it takes ${LEAST_CLEAN_STEPS}`;
  throw new VrnnError("detect/too-little-clean-data", what, { remedy: "give a longer clean recording" });
}

function refuseOption(name: string, value: number | readonly number[], fits: boolean, remedy: string): void {
  if (!fits) throw new VrnnError("detect/bad-option", `${name} is ${value}`, { remedy: `give ${remedy}` });
}
