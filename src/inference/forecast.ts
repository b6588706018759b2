/** What comes next, and how surely. */

import type { Column, ConditionColumn, Sequence } from "../data/dataset.ts";
import { isDerived, readConditions } from "../data/derived/derived-column.ts";
import { derivedAhead, withDerivedRows } from "../data/derived/rows.ts";
import { nearestPoint } from "../data/grid.ts";
import { VrnnError } from "../errors.ts";
import { counted } from "../words/figures.ts";
import {
  filterAndRollouts,
  type ParticleFilterOptions,
  type RolloutOptions,
  unitsAhead,
} from "./particle-filter.ts";
import { isComplete, perStep, unscaled } from "./rows.ts";
import { timesAhead } from "./times-ahead.ts";

/** What is to be forecast, how far, and by what. */
export interface ForecastOptions extends ParticleFilterOptions, RolloutOptions {
  /** What has been: the forecast of each begins after its last step. */
  readonly sequences: readonly Sequence[];
  /**
   * Of a model with covariates, for each sequence what is known of the steps to come, `[horizon, C]` in the order of
   * `model.conditions`, in the units of the data.
   */
  readonly future?: readonly Float64Array[];
}

/** The forecast of one sequence. */
export interface Forecast {
  /** What has been. */
  readonly sequence: Sequence;
  /** `[horizon]`: when the steps to come will be, where the sequence has times. */
  readonly times?: Float64Array;
  /** Of each step ahead `[S, D]`: a value of each particle, in the units of the data, before it goes onto a grid. */
  readonly samples: readonly Float64Array[];
  /** `[horizon, D]`: the mean; of a binary column the probability of 1, of a categorical one nothing of use. */
  readonly emissionMean: Float64Array;
}

const WINDOW = 256;

/**
 * Forecasts each sequence: S particles follow it, filling in what is missing, and go on as the model generates.
 *
 * A sequence with units of its own goes on in them: what tells them are its first steps, never those to come.
 *
 * @throws VrnnError `forecast/no-covariates`, `forecast/short-covariates`, `forecast/horizon`, `forecast/particles`,
 * `forecast/short-history` for a sequence that is shorter than what its units are told by
 * @example
 * const [forecast] = await forecastSequences({ runtime, model, weights, columns, sequences, horizon: 60, particles: 200, seed: 1 });
 * forecast.samples.length; // 60
 */
export async function forecastSequences(options: ForecastOptions): Promise<Forecast[]> {
  const { columns, sequences, horizon, future } = options;
  requireCount("horizon", horizon);
  requireCount("particles", options.particles);
  const times = sequences.map((sequence) => sequence.times && timesAhead(sequence.times, horizon));
  const ahead = sequences.map((sequence, i) =>
    futureOf(sequence, options, { times: times[i], given: future?.[i] }),
  );
  for (const sequence of sequences) unitsAhead({ sequence, origin: sequence.length }, columns.length); // refused early
  const complete = sequences.every(isComplete);
  const { filter, rollouts } = await filterAndRollouts(options, { parts: [], complete, window: WINDOW });
  try {
    const forecasts: Forecast[] = [];
    for (const [i, sequence] of sequences.entries()) {
      const states = await filter.filter(sequence);
      const known = ahead[i];
      const origin = { sequence, origin: sequence.length, states, ...(known && { future: known }) };
      const [rollout] = await rollouts.from([origin], options);
      const units = unitsAhead(origin, columns.length);
      const samples = perStep(unscaled(Float64Array.from(rollout!.x), columns, { units }), horizon);
      const emissionMean = unscaled(meansOf(rollout!.emissionMean, horizon, columns.length), columns, {
        units,
      });
      forecasts.push({ sequence, ...(times[i] && { times: times[i] }), samples, emissionMean });
    }
    return forecasts;
  } finally {
    await filter.dispose();
    await rollouts.dispose();
  }
}

/** @throws VrnnError `forecast/horizon`, `forecast/particles` */
function requireCount(what: "horizon" | "particles", count: number): void {
  if (Number.isInteger(count) && count >= 1) return;
  throw new VrnnError(`forecast/${what}`, `${what} is ${count}`, { remedy: "give a whole number from 1" });
}

/** Means over particles: `[T, S, D]` to `[T, D]`. */
export function meansOf(values: ArrayLike<number>, steps: number, width: number): Float64Array {
  const particles = values.length / Math.max(1, steps * width);
  const means = new Float64Array(steps * width);
  for (let i = 0; i < values.length; i++) {
    const step = Math.floor(i / (particles * width));
    means[step * width + (i % width)]! += values[i]! / particles;
  }
  return means;
}

/** What is known of the steps to come, beside what is made of a sequence itself. */
interface Upcoming {
  /** `[horizon]`: when they will be, where the sequence has times. */
  readonly times: Float64Array | undefined;
  /** `[horizon, C]`, or more steps: what was told of them. */
  readonly given: Float64Array | undefined;
}

/**
 * The conditions of the steps to come: those that are given, the static ones of the last step again, and what is derived
 * from the sequence.
 *
 * @throws VrnnError `forecast/no-covariates`, `forecast/short-covariates`
 */
function futureOf(
  sequence: Sequence,
  { columns, model: { conditions = [] }, horizon }: Pick<ForecastOptions, "columns" | "model" | "horizon">,
  { times, given }: Upcoming,
): Float64Array | undefined {
  if (conditions.length === 0) return undefined;
  const known = withStatics(sequence, conditions, horizon, toldOf(sequence, conditions, horizon, given));
  const derived = conditions.filter(isDerived);
  if (derived.length === 0) return known;
  return withDerivedRows(conditions, known, derivedAhead(derived, columns, sequence, { horizon, times }));
}

/** @throws VrnnError `forecast/no-covariates`, `forecast/short-covariates` */
function toldOf(
  { name }: Sequence,
  conditions: readonly ConditionColumn[],
  horizon: number,
  given: Float64Array | undefined,
): Float64Array | undefined {
  const at = `sequence "${name}"`;
  if (given === undefined) {
    const told = readConditions(conditions).filter(({ role }) => role === "covariate");
    if (told.length === 0) return undefined;
    const names = told.map((column) => column.name).join(", ");
    throw new VrnnError("forecast/no-covariates", `the model needs to know ${names} of the steps to come`, {
      at,
      remedy: "give a table of them",
    });
  }
  const steps = given.length / conditions.length;
  if (steps >= horizon) return given;
  const what = `the covariates have ${counted(steps, "step")}, the forecast needs ${horizon}`;
  throw new VrnnError("forecast/short-covariates", what, {
    at,
    remedy: "give a longer table, or forecast fewer steps",
  });
}

/** `[horizon, C]`, or more steps: what was told, with the static conditions of the last step. */
function withStatics(
  { length, conditions: seen }: Sequence,
  conditions: readonly ConditionColumn[],
  horizon: number,
  told: Float64Array | undefined,
): Float64Array {
  const width = conditions.length;
  const last = seen?.subarray((length - 1) * width, length * width); // [C]
  const known = told ?? new Float64Array(horizon * width).fill(Number.NaN);
  return known.map((value, i) =>
    conditions[i % width]!.role === "static" && last !== undefined ? last[i % width]! : value,
  );
}

/** What each particle generated, as it would have been recorded: sequences of the horizon. */
export function pathsOf({ sequence, times, samples }: Forecast, columns: readonly Column[]): Sequence[] {
  const width = columns.length;
  const particles = (samples[0]?.length ?? 0) / width;
  const points = columns.map(nearestPoint);
  return Array.from({ length: particles }, (_, particle) => ({
    name: `${sequence.name} ${particle + 1}`,
    length: samples.length,
    values: Float64Array.from({ length: samples.length * width }, (_, i) => {
      const drawn = samples[Math.floor(i / width)]!;
      return points[i % width]!(drawn[particle * width + (i % width)]!);
    }),
    ...(times && { times }),
  }));
}

/** Each path with what was before it: sequences of the history and the horizon. Gaps of the history stay gaps. */
export function continuationsOf(forecast: Forecast, columns: readonly Column[]): Sequence[] {
  const { length, values, times } = forecast.sequence;
  return pathsOf(forecast, columns).map((path) => ({
    name: path.name,
    length: length + path.length,
    values: joined(values, path.values),
    ...(times && path.times && { times: joined(times, path.times) }),
  }));
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
