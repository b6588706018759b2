/**
 * Quantiles that learn while a sequence is followed: how its own earlier forecasts turned out moves the levels that are
 * asked of the map learned beforehand (Gibbs and Candès, "Adaptive Conformal Inference Under Distribution Shift",
 * NeurIPS 2021, equation 2, for each level by itself). Only outcomes that were seen by then count, and those of odd steps
 * teach nothing.
 */
import type { Column, Sequence } from "../data/dataset.ts";
import { type BacktestForecast, type BacktestOptions, backtest } from "../inference/backtest.ts";
import { sampleQuantile } from "../metrics/quantiles.ts";
import { AnomalousSteps } from "./anomalous-steps.ts";
import {
  isQuantity,
  PARTS,
  type Prediction,
  predictionsOf,
  type Recalibration,
  rawLevel,
} from "./recalibrate.ts";

/** How far one outcome moves a level: γ. */
const RATE = 0.02;

/** A level stays this share of its distance from the nearer end, 0 or 1, around where it began. */
const BOUND = 0.95;

const LEVELS = Array.from({ length: PARTS - 1 }, (_, i) => (i + 1) / PARTS);

/** Forecasts of one sequence that were made after every so many steps, some steps ahead. */
export interface AdaptationOptions {
  readonly columns: readonly Column[];
  /** What was learned beforehand. */
  readonly recalibration: Recalibration;
  readonly horizons: readonly number[];
  readonly every: number;
}

/**
 * Follows how the forecasts of one sequence turn out.
 *
 * @example
 * const adaptation = new Adaptation({ columns, recalibration, horizons: [1, 30], every: 4 });
 * adaptation.add(cast, predictions);
 * adaptation.at(sequence.length); // the map for what comes next
 */
export class Adaptation {
  private readonly options: AdaptationOptions;
  private readonly anomalous: AnomalousSteps;
  /** By column and horizon. */
  private readonly trackers: ReadonlyMap<string, readonly LevelTracker[]>;

  constructor(options: AdaptationOptions) {
    const { columns, recalibration, horizons, every } = options;
    this.options = options;
    this.anomalous = new AnomalousSteps(columns, recalibration);
    const teaches = (step: number) => !this.anomalous.disturbs(step);
    this.trackers = new Map(
      columns.filter(isQuantity).map(({ name }) => [
        name,
        horizons.map((horizon) => {
          const rawOf = (level: number) => rawLevel(recalibration, name, horizon, level);
          const weight = Math.min(1, every / horizon); // overlapping forecasts tell less
          return new LevelTracker({ rawOf, weight, teaches });
        }),
      ]),
    );
  }

  /** The map for forecasts made when so many steps were seen. Ask in ascending order, before adding what came. */
  at(origin: number): Recalibration {
    const columns = [...this.trackers].map(([name, trackers]) => [
      name,
      trackers.map((each) => each.at(origin)),
    ]);
    return { horizons: this.options.horizons, columns: Object.fromEntries(columns) };
  }

  /** Notes how a cast turns out; that counts once its targets are seen. Casts come in the order of their origins. */
  add({ origin }: Pick<BacktestForecast, "origin">, predictions: readonly Prediction[]): void {
    const { columns, horizons } = this.options;
    const nearest = horizons[0]!;
    this.anomalous.add(
      origin + nearest - 1,
      predictions.filter(({ horizon }) => horizon === nearest),
    );
    for (const prediction of predictions) {
      const trackers = this.trackers.get(columns[prediction.column]!.name);
      trackers?.[horizons.indexOf(prediction.horizon)]?.add(origin, prediction);
    }
  }
}

interface Pending {
  /** The step that is forecast: the outcome is known when it is seen. */
  readonly target: number;
  /** By level, whether the value came to lie below its quantile. */
  readonly below: readonly boolean[];
}

interface TrackerOptions {
  readonly rawOf: (level: number) => number;
  /** How much one outcome counts, from 0 to 1. */
  readonly weight: number;
  /** Whether outcomes of a step are learned from. */
  readonly teaches: (step: number) => boolean;
}

/** The levels of one column and horizon. */
class LevelTracker {
  private readonly options: TrackerOptions;
  private levels: readonly number[] = LEVELS;
  private pending: Pending[] = [];

  constructor(options: TrackerOptions) {
    this.options = options;
  }

  add(origin: number, { horizon, value, sorted }: Prediction): void {
    this.learn(origin);
    const { rawOf } = this.options;
    const below = this.levels.map((level) => value < sampleQuantile(sorted, rawOf(level)));
    this.pending.push({ target: origin + horizon - 1, below });
  }

  /** The raw levels of 0, 1/n, ... 1. Levels that crossed are put in order (Chernozhukov et al. 2010). */
  at(origin: number): number[] {
    this.learn(origin);
    const ordered = Float64Array.from(this.levels).sort();
    return [0, ...Array.from(ordered, this.options.rawOf), 1];
  }

  private learn(origin: number): void {
    while (this.pending.length > 0 && this.pending[0]!.target < origin) {
      const { target, below } = this.pending.shift()!;
      if (!this.options.teaches(target)) continue;
      this.levels = this.levels.map((level, i) => this.moved(level, LEVELS[i]!, below[i]!));
    }
  }

  private moved(level: number, wanted: number, isBelow: boolean): number {
    const step = RATE * (wanted - (isBelow ? 1 : 0));
    const reach = BOUND * Math.min(wanted, 1 - wanted);
    return Math.min(Math.max(level + this.options.weight * step, wanted - reach), wanted + reach);
  }
}

export interface AdaptOptions extends BacktestOptions {
  readonly recalibration: Recalibration;
  /** The origins, ascending, at which the map of a sequence is wanted; its end unless told. */
  readonly wanted?: (sequence: Sequence) => readonly number[];
}

/** How much of adapting is done, in forecasts. */
export interface Adapting {
  readonly done: number;
  readonly of: number;
}

/** By sequence and origin. */
export type AdaptedMaps = ReadonlyMap<Sequence, ReadonlyMap<number, Recalibration>>;

/**
 * The maps for what comes after origins of some sequences, adapted to how forecasts before each turned out. Where there was
 * none it is the map learned beforehand.
 *
 * @yields how far it is
 */
export async function* adaptTo({
  recalibration,
  wanted = ({ length }) => [length],
  ...options
}: AdaptOptions): AsyncGenerator<Adapting, AdaptedMaps> {
  const { columns, every, seed, horizon, sequences } = options;
  const { horizons } = recalibration;
  const studies = new Map(
    sequences.map((each) => [
      each,
      new AdaptationStudy(new Adaptation({ columns, recalibration, horizons, every }), wanted(each)),
    ]),
  );
  const farthest = horizons.find((each) => each >= horizon) ?? horizons.at(-1)!;
  const long = sequences.filter(({ length }) => length > every);
  const of = long.reduce((sum, { length }) => sum + Math.ceil(length / every) - 1, 0);
  let done = 0;
  for await (const casts of backtest({ ...options, sequences: long, horizon: farthest })) {
    for (const cast of casts)
      studies.get(cast.sequence)!.add(cast, predictionsOf(cast, columns, horizons, seed));
    done += casts.length;
    yield { done, of };
  }
  return new Map([...studies].map(([sequence, study]) => [sequence, study.finish()]));
}

/** The maps of one sequence at some origins, while it is followed. */
class AdaptationStudy {
  private readonly adaptation: Adaptation;
  private readonly left: number[];
  private readonly maps = new Map<number, Recalibration>();

  constructor(adaptation: Adaptation, wanted: readonly number[]) {
    this.adaptation = adaptation;
    this.left = [...wanted];
  }

  add(cast: BacktestForecast, predictions: readonly Prediction[]): void {
    this.readUpTo(cast.origin);
    this.adaptation.add(cast, predictions);
  }

  finish(): ReadonlyMap<number, Recalibration> {
    this.readUpTo(Number.POSITIVE_INFINITY);
    return this.maps;
  }

  private readUpTo(origin: number): void {
    while (this.left.length > 0 && this.left[0]! <= origin) {
      const at = this.left.shift()!;
      this.maps.set(at, this.adaptation.at(at));
    }
  }
}
