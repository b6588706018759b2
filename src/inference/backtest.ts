/** Forecasts from many origins of sequences whose continuation is known: what forecasts are judged and corrected by. */

import type { Sequence } from "../data/dataset.ts";
import { eachStateNames, stateNames } from "../names.ts";
import type { TensorValue, Values } from "../runtime/runtime.ts";
import {
  type ForecastOrigin,
  filterAndRollouts,
  type ParticleFilterOptions,
  unitsAhead,
} from "./particle-filter.ts";
import { isComplete, perStep, unscaled } from "./rows.ts";

/** Which forecasts are to be made of the past. */
export interface BacktestOptions extends ParticleFilterOptions {
  readonly sequences: readonly Sequence[];
  /** How many steps each forecast goes ahead. */
  readonly horizon: number;
  /** A forecast is made after every so many steps. */
  readonly every: number;
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
 * Follows sequences with particles and forecasts from every few steps on; forecasts near the end go beyond it. No forecast
 * sets out before the units of a sequence are known, where it has its own.
 *
 * @returns the casts of one window of a sequence at a time.
 */
export async function* backtest(options: BacktestOptions): AsyncGenerator<readonly BacktestForecast[]> {
  const { columns, sequences, horizon } = options;
  const settings = { parts: [], states: true, complete: sequences.every(isComplete), window: WINDOW };
  const { filter, rollouts } = await filterAndRollouts(options, settings);
  try {
    for (const sequence of sequences) {
      const origins: ForecastOrigin[] = [];
      await filter.filter(sequence, (window) => {
        origins.push(...originsOf(sequence, window, options));
        return undefined;
      });
      const units = origins[0] && unitsAhead(origins[0], columns.length); // the same at all origins
      for (const group of groupsOf(origins, MOST_ROWS / options.particles)) {
        const ahead = await rollouts.from(group, { horizon });
        yield ahead.map(({ x }, i) => ({
          sequence,
          origin: group[i]!.origin,
          samples: perStep(unscaled(Float64Array.from(x), columns, { units }), horizon),
        }));
      }
    }
  } finally {
    await filter.dispose();
    await rollouts.dispose();
  }
}

/** The most particles that generate side by side. */
const MOST_ROWS = 4096;

function groupsOf<T>(items: readonly T[], size: number): T[][] {
  const whole = Math.max(1, Math.floor(size));
  return Array.from({ length: Math.ceil(items.length / whole) }, (_, i) =>
    items.slice(i * whole, (i + 1) * whole),
  );
}

/** The origins within a window. */
function originsOf(
  sequence: Sequence,
  { start, steps, results }: { start: number; steps: number; results: Values },
  { every, horizon, model: { conditions = [] } }: BacktestOptions,
): ForecastOrigin[] {
  const width = conditions.length;
  const { from = 0 } = sequence.units ?? {};
  return Array.from({ length: steps }, (_, t) => t).flatMap((t) => {
    const origin = start + t + 1;
    if (origin % every !== 0 || origin >= sequence.length || origin < from) return [];
    const future = sequence.conditions?.subarray(origin * width, (origin + horizon) * width);
    return [{ sequence, origin, states: statesAt(results, t), ...(future && { future }) }];
  });
}

/** The states after step `t` of a window, by the names under which a program takes them. */
function statesAt(results: Values, t: number): Values {
  const states = Object.entries(eachStateNames.take(results)).map(([part, value]) => [part, rowOf(value, t)]);
  return stateNames.give(Object.fromEntries(states));
}

/** A copy of one step of `[T, ...]`. */
function rowOf({ dtype, shape: [, ...shape], data }: TensorValue, t: number): TensorValue {
  const size = shape.reduce((all, each) => all * each, 1);
  return { dtype, shape, data: data.slice(t * size, (t + 1) * size) };
}
