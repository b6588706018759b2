/** The contract of the simple rules that a model's forecasts are held against. */
import { everyNth } from "../collections.ts";
import { normalQuantile } from "../metrics/normal-quantile.ts";
import { sampleQuantile } from "../metrics/quantiles.ts";

/** What is said of the steps to come of one column: for each a distribution. */
export interface Predictive {
  /** `[H]`: the means, in the unit of the column. */
  readonly mean: Float64Array;
  /** @param step ahead, from 0 @param level in (0, 1) */
  quantile(step: number, level: number): number;
}

/** What was seen of some columns up to an origin. */
export interface History {
  /** `[n, D]`, row by row; NaN is a missing entry. */
  readonly values: Float64Array;
  /** D */
  readonly width: number;
}

/** Something that forecasts from what was seen up to an origin, and from that alone. */
export interface Forecaster {
  /** As people know it: `seasonal naive (24)`. */
  readonly name: string;
  /** @returns for each column what is said of the next `horizon` steps. */
  forecast(history: History, horizon: number): readonly Predictive[];
}

/** Forecasts one column by its own past. @param past `[n]`, NaN is a missing entry; without any entry all is NaN */
export type Rule = (past: Float64Array, horizon: number) => Predictive;

/** A rule for one column as a forecaster of several, each by itself, and only of those that are asked about. */
export const columnwise = (name: string, rule: Rule): Forecaster => ({
  name,
  forecast: ({ values, width }, horizon) =>
    Array.from({ length: width }, (_, d) => asked(() => rule(everyNth(values, d, width), horizon))),
});

/** What is worked out when it is first asked about. */
function asked(make: () => Predictive): Predictive {
  let made: Predictive | undefined;
  const known = () => {
    made ??= make();
    return made;
  };
  return {
    get mean() {
      return known().mean;
    },
    quantile: (step, level) => known().quantile(step, level),
  };
}

/** Normal distributions. @param scale `[H]`, from 0 */
export const normalPredictive = (mean: Float64Array, scale: Float64Array): Predictive => ({
  mean,
  quantile: (step, level) => mean[step]! + scale[step]! * normalQuantile(level),
});

/** The distributions of draws. @param draws of each step `[S]` */
export const drawnPredictive = (draws: readonly Float64Array[]): Predictive =>
  sortedPredictive(draws.map((drawn) => Float64Array.from(drawn).sort()));

/** The same of draws in their order. @param sorted of each step `[S]`, ascending */
export const sortedPredictive = (sorted: readonly Float64Array[]): Predictive => ({
  mean: Float64Array.from(sorted, (drawn) => drawn.reduce((sum, value) => sum + value / drawn.length, 0)),
  quantile: (step, level) => sampleQuantile(sorted[step]!, level),
});

/** Of each step ahead, from 1. */
export const ahead = (horizon: number, of: (step: number) => number): Float64Array =>
  Float64Array.from({ length: horizon }, (_, i) => of(i + 1));

/** The place of the last entry that was observed; −1 where there is none. */
export const lastObserved = (past: Float64Array): number =>
  past.findLastIndex((value) => !Number.isNaN(value));

/** So many of the last differences tell how far a rule is off: what was long ago need not hold any more. */
const RECENT = 500;

/**
 * The root mean square of differences between entries `lag` steps apart, of the last 500 steps; 0 where no two were observed.
 */
export function differenceScale(past: Float64Array, lag: number): number {
  const squares: number[] = [];
  for (let t = Math.max(lag, past.length - RECENT); t < past.length; t++) {
    const square = (past[t]! - past[t - lag]!) ** 2;
    if (!Number.isNaN(square)) squares.push(square);
  }
  return squares.length === 0 ? 0 : Math.sqrt(squares.reduce((sum, square) => sum + square) / squares.length);
}

/** What was seen with its gaps on straight lines, and level before the first entry and after the last; NaN without any. */
export function gapless(past: Float64Array): Float64Array {
  const whole = past.slice();
  let before = -1;
  for (let t = 0; t <= past.length; t++) {
    if (t < past.length && Number.isNaN(past[t]!)) continue;
    const from = past[before] ?? past[t] ?? Number.NaN;
    const to = past[t] ?? from;
    for (let gap = before + 1; gap < t; gap++)
      whole[gap] = from + ((to - from) * (gap - before)) / (t - before);
    before = t;
  }
  return whole;
}
