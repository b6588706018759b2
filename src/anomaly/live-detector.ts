/** The detector of `detect.ts` on live data: one step at a time, in memory that its windows bound. */
import { paired, total } from "../collections.ts";
import { VrnnError } from "../errors.ts";
import { type ScoreOptions, type StepScores, scoreSequences } from "../inference/score.ts";
import {
  cleanMeanOf,
  type Detector,
  type DetectorOptions,
  entrySurprise,
  fitDetector,
  type Reason,
  rarityOf,
  shortestWindow,
  strongest,
  windowMean,
} from "./detect.ts";
import { detectedColumns, entryScores } from "./incidents.ts";

/** What a detector says of one step. */
export interface Alarm {
  /** In nats, to be held against the detector's threshold. */
  readonly score: number;
  readonly isAnomalous: boolean;
  /** Of an odd step: the columns that stand out most over the latest steps, at most three, the strongest first. */
  readonly reasons: readonly Reason[];
}

/** Where a detector stands: the latest surprises of each column and of all together, the oldest first. */
export type LiveDetectorState = readonly (readonly number[])[];

/**
 * Flags the steps that `detect` flags of the whole sequence, as they come: the same numbers, to the last bit.
 *
 * @example
 * const live = new LiveDetector(detector);
 * live.step([2.1, 8.7, 0.3]); // { score: 7.9, isAnomalous: true, reasons: [{ column: "latency", excess: 6.1 }] }
 */
export class LiveDetector {
  private readonly detector: Detector;
  /** The usual of each view. */
  private readonly cleanMeans: readonly number[];
  /** The longest window. */
  private readonly longest: number;
  /** The latest surprises of each column, and last of all columns together. */
  private readonly latest: readonly Latest[];

  constructor(detector: Detector) {
    this.detector = detector;
    this.cleanMeans = detector.statistics.map((view) => cleanMeanOf(view, detector.columns));
    this.longest = Math.max(...detector.statistics.map(({ window }) => window));
    this.latest = [...detector.columns, undefined].map(() => new Latest(this.longest));
  }

  /** What the detector says of the next step. @param scores `[columns]`: the negative log-likelihood of each entry of the step in nats; NaN where it is missing */
  step(scores: Float64Array): Alarm {
    const { columns, threshold } = this.detector;
    const surprises = scores.map((score, j) => entrySurprise(score, columns[j]!));
    for (const [j, surprise] of surprises.entries()) this.latest[j]!.add(surprise);
    this.latest[columns.length]!.add(total(surprises));
    const score = this.rarest();
    const isAnomalous = score > threshold;
    return { score, isAnomalous, reasons: isAnomalous ? this.reasons() : [] };
  }

  /** Where it stands, to go on from there another time: plain numbers, which JSON keeps exactly. */
  get state(): LiveDetectorState {
    return this.latest.map((latest) => [...latest.last(this.longest)]);
  }

  /**
   * Goes on where a detector fitted to the same data stood.
   *
   * @throws VrnnError `detect/state` for the state of one of other columns or windows.
   */
  restore(state: LiveDetectorState): void {
    const fits = (numbers: readonly number[]) =>
      numbers.length === state[0]!.length && numbers.length <= this.longest && numbers.every(Number.isFinite);
    if (state.length !== this.latest.length || !state.every(fits))
      throw new VrnnError("detect/state", "this is the state of another detector", {
        remedy: "give that of one of the same columns and windows",
      });
    state.forEach((numbers, j) => {
      this.latest[j]!.replace(numbers);
    });
  }

  private rarest(): number {
    const { columns, statistics } = this.detector;
    let rarest = Number.NEGATIVE_INFINITY;
    statistics.forEach((view, i) => {
      const latest = this.latest[view.column ?? columns.length]!.last(view.window);
      const rarity = rarityOf(windowMean(latest, view.window, this.cleanMeans[i]!), view);
      if (rarity > rarest) rarest = rarity;
    });
    return rarest;
  }

  private reasons(): Reason[] {
    const window = shortestWindow(this.detector);
    return strongest(
      this.detector.columns.map(({ name, cleanMean }, j) => {
        const latest = this.latest[j]!.last(window);
        return { column: name, excess: total(latest) / latest.length - cleanMean };
      }),
    );
  }
}

/** The latest numbers of a series, in order; kept in a buffer that is moved back to its start when it is full. */
class Latest {
  private readonly most: number;
  private readonly buffer: Float64Array;
  private end = 0;

  constructor(most: number) {
    this.most = most;
    this.buffer = new Float64Array(4 * most);
  }

  add(value: number): void {
    if (this.end === this.buffer.length) {
      this.buffer.copyWithin(0, this.end - this.most);
      this.end = this.most;
    }
    this.buffer[this.end++] = value;
  }

  /** Forgets what there was for these, at most as many as are kept. */
  replace(values: readonly number[]): void {
    this.buffer.set(values);
    this.end = values.length;
  }

  /** At most `count` of them. */
  last(count: number): Float64Array {
    return this.buffer.subarray(Math.max(this.end - count, 0), this.end);
  }
}

/**
 * A detector fitted to what a model says of clean sequences, best of a validation split.
 *
 * @param score scores them as the steps will be that it is to look at (`scoreSequences` unless told)
 * @throws VrnnError `detect/...`, `detect/no-clock` where alarms are wanted by the hour of data without times
 */
export async function detectorOf(
  options: ScoreOptions,
  detection: DetectorOptions = {},
  score: (options: ScoreOptions) => Promise<readonly StepScores[]> = scoreSequences,
): Promise<Detector> {
  if (detection.alarmsPerHour !== undefined && options.sequences.some(({ times }) => times === undefined))
    throw noClock();
  const scores = await score(options);
  const clean = paired(options.sequences, scores).map(([sequence, scores]) =>
    entryScores({ sequence, scores }),
  );
  return fitDetector(detectedColumns(options.columns), clean, detection);
}

const noClock = (): VrnnError =>
  new VrnnError(
    "detect/no-clock",
    "alarms cannot be counted by the hour: the data do not say when steps were",
    {
      remedy: "say how many are wanted in 1,000 steps, or name the time column",
    },
  );
