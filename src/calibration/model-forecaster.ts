/** The forecasts of a model at many origins, as the simple rules make theirs. */
import { type Predictive, sortedPredictive } from "../baselines/forecaster.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import { sliceSequence } from "../data/dataset.ts";
import { backtest } from "../inference/backtest.ts";
import type { ParticleFilterOptions } from "../inference/particle-filter.ts";
import type { OriginPlan } from "../inference/rolling-origins.ts";
import { Random } from "../random/generator.ts";
import { type Recalibration, rawLevel, recalibratedDraws, sortedDraws } from "./recalibrate.ts";

/** What a model said at an origin. */
export interface ModelForecast {
  readonly sequence: Sequence;
  readonly origin: number;
  /** Of each step ahead `[S, D]`, in the units of the data. */
  readonly samples: readonly Float64Array[];
}

/** Which forecasts, by how much of the past. */
export interface ModelForecastOptions extends ParticleFilterOptions {
  readonly plans: readonly OriginPlan[];
  readonly horizon: number;
  /** How many steps before its first origin a sequence is followed from, at most. */
  readonly context: number;
}

/** The forecasts of a model from the origins of some plans, some at a time. */
export async function* forecastsAt({
  plans,
  context,
  ...options
}: ModelForecastOptions): AsyncGenerator<readonly ModelForecast[]> {
  const placed = new Map(
    plans.map(({ sequence, origins }) => {
      const start = Math.max(0, origins[0]! - context);
      const at = new Set(origins.map((origin) => origin - start));
      return [sliceSequence(sequence, start, sequence.length), { sequence, start, at }];
    }),
  );
  const isOrigin = (part: Sequence, origin: number) => placed.get(part)!.at.has(origin);
  for await (const casts of backtest({ ...options, sequences: [...placed.keys()], every: 1, isOrigin }))
    yield casts.map(({ sequence: part, origin, samples }) => {
      const { sequence, start } = placed.get(part)!;
      return { sequence, origin: origin + start, samples };
    });
}

/**
 * What a model's draws say of one column.
 *
 * @param recalibration what puts them right; without it they are the model's own
 */
export function predictiveOf(
  samples: readonly Float64Array[],
  columns: readonly Column[],
  d: number,
  recalibration?: Recalibration,
): Predictive {
  const { name } = columns[d]!;
  const random = Random.stream(0, "within the cell", name);
  return sortedPredictive(
    samples.map((drawn, h) => {
      const sorted = sortedDraws(drawn, columns, d, random);
      if (recalibration === undefined) return sorted;
      return recalibratedDraws(sorted, (level) => rawLevel(recalibration, name, h + 1, level));
    }),
  );
}
