/** The score of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015; Ahmad, Lavin, Purdy and Agha 2017). */

/** A labelled window of anomaly, by its first and last step. */
export interface AnomalyWindow {
  readonly first: number;
  readonly last: number;
}

/** A series as a detector saw it: its scores and what was labelled in it. */
export interface NabSeries {
  /** `[steps]`: higher is odder; a step is a detection where its score is at least the threshold. */
  readonly scores: ArrayLike<number>;
  /** Ascending, apart from each other. */
  readonly windows: readonly AnomalyWindow[];
}

/** What detections are worth. A window found counts `found` at its very beginning, one missed −`missed`. */
export interface NabProfile {
  readonly found: number;
  readonly missed: number;
  /** What a detection outside windows costs at most. */
  readonly falseAlarm: number;
}

/** The benchmark's own profiles. */
export const nabProfiles = {
  standard: { found: 1, missed: 1, falseAlarm: 0.11 },
  rewardFewFalseAlarms: { found: 1, missed: 1, falseAlarm: 0.22 },
  rewardFewMisses: { found: 1, missed: 2, falseAlarm: 0.11 },
} as const satisfies Record<string, NabProfile>;

/** A score at a threshold, and what it is made of. */
export interface NabResult {
  /** 100 for a detector that finds each window at its first step and raises no false alarm, 0 for one that is silent. */
  readonly score: number;
  /** Undefined where it is best to tell nothing. */
  readonly threshold?: number;
  readonly windowsFound: number;
  readonly windows: number;
  /** Detections outside windows, of the steps after the probationary period. */
  readonly falseAlarms: number;
}

const PROBATION = 0.15;
const LONGEST_PROBATION = 750;

/** The steps at the beginning of a series that a detector may learn from: 15 %, at most 750; nothing is judged there. */
export const probationarySteps = (steps: number): number =>
  Math.min(Math.floor(PROBATION * steps), LONGEST_PROBATION);

/** 2 σ(−5 x) − 1: near 1 at the beginning of a window (−1), 0 at its end, −1 far behind it. */
const scaledSigmoid = (position: number): number =>
  position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;

/** What a detection at a step is worth, and which window it finds. */
interface Worth {
  readonly score: number;
  readonly weight: number;
  /** Undefined outside windows. */
  readonly window: AnomalyWindow | undefined;
}

/** The worth of each step after the probationary period. */
function worthsOf({ scores, windows }: NabSeries, { found, falseAlarm }: NabProfile): Worth[] {
  const from = probationarySteps(scores.length);
  let next = 0;
  return Array.from(scores, (score, step): Worth => {
    while (next < windows.length && windows[next]!.last < step) next += 1;
    const window = windows[next];
    if (window !== undefined && step >= window.first) {
      const position = -(window.last - step + 1) / (window.last - window.first + 1);
      return { score, window, weight: (found * scaledSigmoid(position)) / scaledSigmoid(-1) };
    }
    const before = windows[next - 1];
    const behind = before === undefined ? Infinity : (step - before.last) / (before.last - before.first);
    return { score, window: undefined, weight: falseAlarm * scaledSigmoid(behind) };
  }).slice(from);
}

/**
 * The best score over all thresholds, one for all series, as the benchmark's optimiser finds it.
 *
 * @example
 * nabOptimised([{ scores: [0, 0, 9, 0, 0, 0, 0, 0], windows: [{ first: 2, last: 4 }] }]).score; // 100
 */
export function nabOptimised(
  series: readonly NabSeries[],
  profile: NabProfile = nabProfiles.standard,
): NabResult {
  const tally = new Tally(series, profile);
  const told = series.flatMap((one) => worthsOf(one, profile)).filter(({ score }) => score > -Infinity);
  const worths = told.sort((a, b) => b.score - a.score);
  let best = tally.result();
  worths.forEach((worth, i) => {
    tally.add(worth);
    if (worths[i + 1]?.score === worth.score) return;
    const result = tally.result(worth.score);
    if (result.score > best.score) best = result;
  });
  return best;
}

/** The score at a threshold: a step whose score reaches it is a detection. */
export function nabAt(
  series: readonly NabSeries[],
  threshold: number,
  profile: NabProfile = nabProfiles.standard,
): NabResult {
  const tally = new Tally(series, profile);
  for (const worth of series.flatMap((one) => worthsOf(one, profile)))
    if (worth.score >= threshold) tally.add(worth);
  return tally.result(threshold);
}

/** Adds up detections. Of those in a window the first counts, which is worth most. */
class Tally {
  private readonly windows: number;
  private readonly profile: NabProfile;
  private readonly best = new Map<AnomalyWindow, number>();
  private cost = 0;
  private falseAlarms = 0;

  constructor(series: readonly NabSeries[], profile: NabProfile) {
    this.windows = series.reduce((sum, { windows }) => sum + windows.length, 0);
    this.profile = profile;
  }

  add({ weight, window }: Worth): void {
    if (window !== undefined) {
      this.best.set(window, Math.max(this.best.get(window) ?? -this.profile.missed, weight));
      return;
    }
    this.cost += weight;
    this.falseAlarms += 1;
  }

  result(threshold?: number): NabResult {
    const { found, missed } = this.profile;
    const silent = -missed * this.windows;
    const gained = [...this.best.values()].reduce((sum, weight) => sum + weight + missed, 0);
    const raw = silent + gained + this.cost;
    const perfect = found * this.windows;
    return {
      score: (100 * (raw - silent)) / (perfect - silent),
      ...(threshold !== undefined && { threshold }),
      windowsFound: this.best.size,
      windows: this.windows,
      falseAlarms: this.falseAlarms,
    };
  }
}

/**
 * Scores of which each is news: what does not top the `quiet` steps before belongs to an alarm that was raised already and
 * becomes −∞. Causal, so that a stream could do the same.
 *
 * @example
 * newsOf([1, 5, 4, 2, 6], 2); // [1, 5, -Infinity, -Infinity, 6]
 */
export function newsOf(scores: ArrayLike<number>, quiet: number): Float64Array {
  const rivals: number[] = []; // places of the highest scores of the latest steps, descending
  let head = 0;
  return Float64Array.from(scores, (score, step) => {
    while (head < rivals.length && rivals[head]! < step - quiet) head += 1;
    const isNews = head === rivals.length || score > scores[rivals[head]!]!;
    while (rivals.length > head && scores[rivals.at(-1)!]! <= score) rivals.pop();
    rivals.push(step);
    return isNews ? score : Number.NEGATIVE_INFINITY;
  });
}
