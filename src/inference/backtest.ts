/** Forecasts from many origins of sequences whose continuation is known: what forecasts are judged and corrected by. */

import { concatenated } from "../collections.ts";
import { type Sequence, sliceSequence } from "../data/dataset.ts";
import { eachStateNames, stateNames } from "../names.ts";
import type { TensorValue, Values } from "../runtime/runtime.ts";
import { futureOf } from "./forecast.ts";
import {
  type ForecastOrigin,
  filterAndRollouts,
  followersOf,
  groupsOf,
  MOST_ROWS,
  type ParticleFilterOptions,
  type Rollouts,
  type SharedWindow,
  unitsAhead,
} from "./particle-filter.ts";
import { isComplete, perStep, unscaled } from "./rows.ts";
import { timesAhead } from "./times-ahead.ts";

/** Which forecasts are to be made of the past. */
export interface BacktestOptions extends ParticleFilterOptions {
  readonly sequences: readonly Sequence[];
  /** How many steps each forecast goes ahead. */
  readonly horizon: number;
  /** A forecast is made after every so many steps. */
  readonly every: number;
  /** Only where this holds of the steps seen by then; everywhere unless told. */
  readonly isOrigin?: (sequence: Sequence, origin: number) => boolean;
}

/** A forecast made in the middle of a sequence. */
export interface BacktestForecast {
  readonly sequence: Sequence;
  /** How many steps were seen; the forecast of `h` steps ahead is of step `origin + h − 1`, counted from 0. */
  readonly origin: number;
  /** Of each step ahead `[S, D]`, in the units of the data, before they go onto a grid. */
  readonly samples: readonly Float64Array[];
}

const WINDOW = 64;

/**
 * Follows sequences with particles, side by side, and forecasts from every few steps on; forecasts near the end go beyond it.
 * No forecast sets out before the units of a sequence are known, where it has its own.
 *
 * @returns some casts at a time: those of one sequence in the order of their origins.
 */
export async function* backtest(options: BacktestOptions): AsyncGenerator<readonly BacktestForecast[]> {
  const { sequences, particles } = options;
  const complete = sequences.every(isComplete);
  const settings = { parts: [], states: true, complete, window: WINDOW };
  const { filter, rollouts } = await filterAndRollouts(options, settings, followersOf(options, complete));
  try {
    for await (const window of filter.filterTogether(sequences))
      for (const group of groupsOf(originsOf(window, options), MOST_ROWS / particles))
        yield await castsOf(rollouts, group, options);
  } finally {
    await filter.dispose();
    await rollouts.dispose();
  }
}

/** Where forecasts set out, and of what. */
interface BacktestOrigin extends ForecastOrigin {
  readonly sequence: Sequence;
}

async function castsOf(
  rollouts: Rollouts,
  origins: readonly BacktestOrigin[],
  { columns, horizon }: BacktestOptions,
): Promise<BacktestForecast[]> {
  const ahead = await rollouts.from(origins, { horizon });
  return origins.map((from, i) => {
    const units = unitsAhead(from, columns.length);
    const samples = perStep(unscaled(Float64Array.from(ahead[i]!.x), columns, { units }), horizon);
    return { sequence: from.sequence, origin: from.origin, samples };
  });
}

/** The origins within a window, of one sequence after the other. */
const originsOf = (window: SharedWindow, options: BacktestOptions): BacktestOrigin[] =>
  window.followed.flatMap((sequence, place) => originsIn(sequence, place, window, options));

/** @param place of the sequence among those that are followed */
function originsIn(
  sequence: Sequence,
  place: number,
  { start, steps, results, followed }: SharedWindow,
  options: BacktestOptions,
): BacktestOrigin[] {
  const { every, isOrigin = () => true } = options;
  const { from = 0 } = sequence.units ?? {};
  return Array.from({ length: steps }, (_, t) => t).flatMap((t) => {
    const origin = start + t + 1;
    if (origin % every !== 0 || origin >= sequence.length || origin < from) return [];
    if (!isOrigin(sequence, origin)) return [];
    const future = knownAhead(sequence, origin, options);
    const states = statesAt(results, t * followed.length + place, steps * followed.length);
    return [{ sequence, origin, states, ...(future && { future }) }];
  });
}

/** What was known at an origin of the steps to come, `[horizon, C]`: what the table tells of them, and what the past tells. */
function knownAhead(sequence: Sequence, origin: number, options: BacktestOptions): Float64Array | undefined {
  const { horizon, model } = options;
  const width = model.conditions?.length ?? 0;
  const given = new Float64Array(horizon * width).fill(Number.NaN);
  given.set(sequence.conditions?.subarray(origin * width, (origin + horizon) * width) ?? []);
  const past = sliceSequence(sequence, 0, origin);
  const times = past.times && timesFrom(sequence, origin, horizon);
  return futureOf(past, options, { times, given });
}

/** When the steps after an origin are: those of the sequence, and after its end as they would go on. */
function timesFrom({ times, length }: Sequence, origin: number, horizon: number): Float64Array {
  const own = times!.subarray(origin, origin + horizon);
  const beyond = own.length < horizon ? timesAhead(times!, origin + horizon - length) : new Float64Array(0);
  return concatenated([own, beyond]);
}

/** One of equal groups of rows of the states after each step, by the names under which a program takes them. */
function statesAt(results: Values, group: number, groups: number): Values {
  const states = Object.entries(eachStateNames.take(results)).map(([part, value]) => [
    part,
    groupOf(value, group, groups),
  ]);
  return stateNames.give(Object.fromEntries(states));
}

/** A copy of one of the equal groups of rows of `[T, B, ...]`. */
function groupOf(
  { dtype, shape: [steps = 1, rows = 1, ...shape], data }: TensorValue,
  group: number,
  groups: number,
): TensorValue {
  const size = data.length / groups;
  return {
    dtype,
    shape: [(steps * rows) / groups, ...shape],
    data: data.slice(group * size, (group + 1) * size),
  };
}
