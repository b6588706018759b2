/** The detector of `detect.ts` on data as they come: one step at a time, in memory that its windows bound. */
import { paired, total } from "../collections.ts";
import { VrnnError } from "../errors.ts";
import { type ScoreOptions, type StepScores, scoreSequences } from "../inference/score.ts";
import { type ColumnChange, ColumnWatch, type ColumnWatchState } from "./column-watch.ts";
import {
  type ColumnCalibration,
  cleanMeanOf,
  type Detector,
  type DetectorOptions,
  entrySurprise,
  fitDetector,
  KEPT,
  type Reason,
  rarityOf,
  shortestWindow,
  strongest,
  windowMean,
} from "./detect.ts";
import { detectedColumns, entryScores } from "./entry-scores.ts";
import { type OverallChange, OverallWatch, type OverallWatchState } from "./overall-watch.ts";
import { RunningTail } from "./running-tail.ts";

/** What a detector says of one step. */
export interface Alarm {
  /** In nats, to be held against the detector's threshold. */
  readonly score: number;
  readonly isAnomalous: boolean;
  /** Of an odd step: the columns that stand out most over the latest steps, at most three, the strongest first. */
  readonly reasons: readonly Reason[];
  /** The columns of which it became certain at this step that they changed for good, or are as they were. */
  readonly changes: readonly PlacedChange[];
  /** That it became certain at this step that all columns together changed for good, or are as they were. */
  readonly overall: OverallChange | undefined;
}

/** A lasting change of one column. */
export interface PlacedChange extends ColumnChange {
  /** The place of the column. */
  readonly column: number;
}

/** What is usual of a column from one step to another, the last not included. */
export interface Regime {
  readonly column: number;
  readonly from: number;
  readonly until: number;
  readonly usual: ColumnCalibration;
}

/** By how many nats the threshold is raised from one step to another, the last not included. */
export interface Offset {
  readonly from: number;
  readonly until: number;
  readonly offset: number;
}

/** How a detector takes what changes. */
export interface LiveDetectorOptions {
  /**
   * Learns on from what comes, step by step: what is usual is then what the latest steps were like. Without, a column is
   * learned anew once it has changed for good.
   */
  readonly adapts?: boolean;
  /** What is known beforehand to have changed: no other changes are looked for. */
  readonly regimes?: readonly Regime[];
  /** The same of all columns together. */
  readonly offsets?: readonly Offset[];
}

/** Where a detector stands: plain numbers, which JSON keeps exactly. */
export interface LiveDetectorState {
  /** The latest surprises of each column and of all together, the oldest first. */
  readonly latest: readonly (readonly number[])[];
  /** Of each column; empty where nothing is known of changes. */
  readonly changes: readonly ColumnWatchState[];
  readonly overall?: OverallWatchState | undefined;
  /** Of one that adapts: the scores of each column, and what each view showed, the oldest first. */
  readonly learned?:
    | {
        readonly columns: readonly (readonly number[])[];
        readonly views: readonly (readonly number[])[];
      }
    | undefined;
}

/**
 * Flags steps as they come. Until a column changes for good it flags what `detect` flags of the whole sequence: the same
 * numbers, to the last bit.
 *
 * @example
 * const live = new LiveDetector(detector);
 * live.step([2.1, 8.7, 0.3]); // { score: 7.9, isAnomalous: true, reasons: [{ column: "latency", excess: 6.1 }], changes: [] }
 */
export class LiveDetector {
  readonly detector: Detector;
  private readonly regimes: readonly Regime[] | undefined;
  private readonly offsets: readonly Offset[] | undefined;
  private readonly overall: OverallWatch;
  private readonly learned: Learned | undefined;
  private readonly watches: readonly ColumnWatch[];
  /** The usual of each view. */
  private readonly cleanMeans: readonly number[];
  /** The longest window. */
  private readonly longest: number;
  /** The latest surprises of each column, and last of all columns together. */
  private readonly latest: readonly Latest[];
  private steps = 0;

  constructor(detector: Detector, { adapts = false, regimes, offsets }: LiveDetectorOptions = {}) {
    this.detector = detector;
    this.regimes = regimes;
    this.offsets = offsets;
    this.overall = new OverallWatch(detector);
    this.learned = adapts ? new Learned(detector) : undefined;
    this.watches = detector.columns.map((column) => new ColumnWatch(column));
    this.cleanMeans = detector.statistics.map((view) => cleanMeanOf(view, detector.columns));
    this.longest = Math.max(...detector.statistics.map(({ window }) => window));
    this.latest = [...detector.columns, undefined].map(() => new Latest(this.longest));
  }

  /**
   * What the detector says of the next step.
   *
   * @param scores `[columns]`: the negative log-likelihood of each entry of the step in nats; NaN where it is missing
   * @param values `[columns]`: what the columns were, for the levels of changes; NaN where there is none
   */
  step(scores: Float64Array, values?: Float64Array): Alarm {
    const { columns, threshold } = this.detector;
    const changes = this.regimes === undefined ? this.changes(scores, values) : [];
    const surprises = scores.map((score, j) => this.surprise(score, j));
    for (const [j, surprise] of surprises.entries()) this.latest[j]!.add(surprise);
    this.latest[columns.length]!.add(total(surprises));
    this.learned?.addScores(scores);
    const score = this.rarest();
    const isAnomalous = score > threshold + this.offset();
    const overall = this.offsets === undefined ? this.overall.add(score) : undefined;
    this.steps += 1;
    return { score, isAnomalous, reasons: isAnomalous ? this.reasons() : [], changes, overall };
  }

  /**
   * Each column's part in what stands out at the latest step, `[columns]`: they sum to 1, or are all 0 where nothing is
   * above its usual.
   */
  shares(): Float64Array {
    const excesses = this.excesses().map((excess) => Math.max(excess, 0));
    const sum = total(excesses);
    return sum > 0 ? excesses.map((excess) => excess / sum) : excesses;
  }

  /** Where it stands, to go on from there another time. */
  get state(): LiveDetectorState {
    return {
      latest: this.latest.map((latest) => [...latest.last(this.longest)]),
      changes: this.watches.map(({ state }) => state),
      overall: this.overall.state,
      ...(this.learned && { learned: this.learned.state }),
    };
  }

  /**
   * Goes on where a detector fitted to the same data stood.
   *
   * @throws VrnnError `detect/state` for the state of one of other columns or windows.
   */
  restore({ latest, changes, overall, learned }: LiveDetectorState): void {
    const fits = (numbers: readonly number[]) =>
      numbers.length === latest[0]!.length &&
      numbers.length <= this.longest &&
      numbers.every(Number.isFinite);
    const isOfThis =
      latest.length === this.latest.length &&
      latest.every(fits) &&
      [0, this.watches.length].includes(changes.length) &&
      (learned === undefined) === (this.learned === undefined);
    if (!isOfThis)
      throw new VrnnError("detect/state", "this is the state of another detector", {
        remedy: "give that of one of the same columns and windows, which adapts if this one does",
      });
    latest.forEach((numbers, j) => {
      this.latest[j]!.replace(numbers);
    });
    changes.forEach((state, j) => {
      this.watches[j]!.restore(state);
    });
    if (overall !== undefined) this.overall.restore(overall);
    if (learned !== undefined) this.learned?.restore(learned);
  }

  private surprise(score: number, j: number): number {
    const isLearned = this.learned !== undefined && !Number.isNaN(score);
    return isLearned ? this.learned!.surprise(score, j) : entrySurprise(score, this.usual(j));
  }

  /** What is usual of a column at this step. */
  private usual(column: number): ColumnCalibration {
    if (this.regimes === undefined) return this.watches[column]!.usual;
    const regime = this.regimes.find(
      ({ column: own, from, until }) => own === column && this.steps >= from && this.steps < until,
    );
    return regime?.usual ?? this.detector.columns[column]!;
  }

  private offset(): number {
    if (this.offsets === undefined) return this.overall.offset;
    return this.offsets.find(({ from, until }) => this.steps >= from && this.steps < until)?.offset ?? 0;
  }

  private changes(scores: Float64Array, values: Float64Array | undefined): PlacedChange[] {
    return this.watches.flatMap((watch, column) => {
      const change = watch.add(scores[column]!, values?.[column] ?? Number.NaN);
      return change === undefined ? [] : [{ ...change, column }];
    });
  }

  private rarest(): number {
    const { columns, statistics } = this.detector;
    let rarest = Number.NEGATIVE_INFINITY;
    statistics.forEach((view, i) => {
      const latest = this.latest[view.column ?? columns.length]!.last(view.window);
      const shown = windowMean(latest, view.window, this.cleanMeans[i]!);
      const rarity = this.learned?.rarity(shown, i) ?? rarityOf(shown, view);
      if (rarity > rarest) rarest = rarity;
    });
    return rarest;
  }

  private reasons(): Reason[] {
    const excesses = this.excesses();
    return strongest(this.detector.columns.map(({ name }, j) => ({ column: name, excess: excesses[j]! })));
  }

  /** By how much the mean surprise of each column over the latest steps is above its usual. */
  private excesses(): Float64Array {
    const window = shortestWindow(this.detector);
    return Float64Array.from(this.detector.columns, (_, j) => {
      const latest = this.latest[j]!.last(window);
      return total(latest) / latest.length - this.usual(j).cleanMean;
    });
  }
}

/** What a detector learns on from what comes. */
class Learned {
  private readonly stepsPerHour: number;
  private readonly detector: Detector;
  private columns: readonly RunningTail[];
  private views: readonly RunningTail[];

  constructor(detector: Detector) {
    const { columns, statistics, wanted } = detector;
    this.detector = detector;
    this.stepsPerHour = (1000 * wanted.perHour) / wanted.perThousandSteps;
    this.columns = columns.map(({ latest }) => new RunningTail(latest, KEPT));
    this.views = statistics.map(({ latest, window }) => new RunningTail(latest, KEPT, 1 / window));
  }

  surprise(score: number, column: number): number {
    return this.columns[column]!.surprise(score);
  }

  addScores(scores: Float64Array): void {
    for (const [j, score] of scores.entries()) this.columns[j]!.add(score);
  }

  /** −log of the events per hour that show as much, by the steps before; then the view learns what it showed. */
  rarity(shown: number, view: number): number {
    const tail = this.views[view]!;
    const rarity = tail.surprise(shown) - Math.log(this.stepsPerHour);
    tail.add(shown);
    return rarity;
  }

  get state(): NonNullable<LiveDetectorState["learned"]> {
    return {
      columns: this.columns.map(({ scores }) => [...scores]),
      views: this.views.map(({ scores }) => [...scores]),
    };
  }

  restore({ columns, views }: NonNullable<LiveDetectorState["learned"]>): void {
    this.columns = columns.map((scores) => new RunningTail(scores, KEPT));
    this.views = views.map(
      (scores, i) => new RunningTail(scores, KEPT, 1 / this.detector.statistics[i]!.window),
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
  refuseClockless(options.sequences, detection);
  return detectorFrom(options, await score(options), detection);
}

/** The same where the sequences have been scored. */
export function detectorFrom(
  { columns, sequences }: Pick<ScoreOptions, "columns" | "sequences">,
  scores: readonly StepScores[],
  detection: DetectorOptions = {},
): Detector {
  refuseClockless(sequences, detection);
  const clean = paired(sequences, scores).map(([sequence, own]) => entryScores({ sequence, scores: own }));
  return fitDetector(detectedColumns(columns), clean, { ...detection, ...usualRate(sequences, detection) });
}

/** Of data that do not say when their steps were: one false alarm in 1,000 of them. */
const usualRate = (
  sequences: ScoreOptions["sequences"],
  { alarmsPerThousandSteps = 1 }: DetectorOptions,
): DetectorOptions => (sequences.every(({ times }) => times === undefined) ? { alarmsPerThousandSteps } : {});

function refuseClockless(sequences: ScoreOptions["sequences"], { alarmsPerHour }: DetectorOptions): void {
  if (alarmsPerHour !== undefined && sequences.some(({ times }) => times === undefined)) throw noClock();
}

const noClock = (): VrnnError =>
  new VrnnError(
    "detect/no-clock",
    "alarms cannot be counted by the hour: the data do not say when steps were",
    {
      remedy: "say how many are wanted in 1,000 steps, or name the time column",
    },
  );
