/** What comes next, and how surely. */

import { concatenated } from "../collections.ts";
import type { Column, ConditionColumn, Sequence } from "../data/dataset.ts";
import { isDerived, readConditions } from "../data/derived/derived-column.ts";
import { derivedAhead, withDerivedRows } from "../data/derived/rows.ts";
import { nearestPoint } from "../data/grid.ts";
import { VrnnError } from "../errors.ts";
import { counted } from "../words/figures.ts";
import {
  type FollowedSequence,
  filterAndRollouts,
  followersOf,
  groupsOf,
  MOST_ROWS,
  type ParticleFilterOptions,
  type RolloutOptions,
  type Rollouts,
  unitsAhead,
} from "./particle-filter.ts";
import { meansOf } from "./particle-means.ts";
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
 * Forecasts each sequence: particles follow it, filling in what is missing, and S paths set out from them as the model
 * generates.
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
  const made = new Map<Sequence, Forecast>();
  for await (const some of forecastEach(options))
    for (const forecast of some) made.set(forecast.sequence, forecast);
  return options.sequences.map((sequence) => made.get(sequence)!);
}

/**
 * The same, some sequences at a time as they are done, the shortest first.
 *
 * @throws VrnnError as `forecastSequences`
 */
export async function* forecastEach(options: ForecastOptions): AsyncGenerator<readonly Forecast[]> {
  const { sequences, horizon, columns, future } = options;
  requireCount("horizon", horizon);
  requireCount("particles", options.particles);
  const ahead = new Map(
    sequences.map((sequence, i) => {
      const times = sequence.times && timesAhead(sequence.times, horizon);
      const known = futureOf(sequence, options, { times, given: future?.[i] });
      return [sequence, { ...(times && { times }), ...(known && { known }) }];
    }),
  );
  for (const sequence of sequences) unitsAhead({ sequence, origin: sequence.length }, columns.length); // refused early
  const complete = sequences.every(isComplete);
  const settings = { parts: [], complete, window: WINDOW };
  const { filter, rollouts } = await filterAndRollouts(options, settings, followersOf(options, complete));
  try {
    for await (const { ended } of filter.filterTogether(sequences))
      for (const group of groupsOf(ended, MOST_ROWS / options.particles))
        yield await setOut(rollouts, group, ahead, options);
  } finally {
    await filter.dispose();
    await rollouts.dispose();
  }
}

/** What is known of the steps to come of a sequence: when they will be, and their conditions `[horizon, C]`. */
interface Ahead {
  readonly times?: Float64Array;
  readonly known?: Float64Array;
}

/** The forecasts of sequences that were followed to their ends. */
async function setOut(
  rollouts: Rollouts,
  followed: readonly FollowedSequence[],
  ahead: ReadonlyMap<Sequence, Ahead>,
  options: ForecastOptions,
): Promise<Forecast[]> {
  const { columns, horizon } = options;
  const origins = followed.map(({ sequence, states }) => {
    const { known } = ahead.get(sequence)!;
    return { sequence, origin: sequence.length, states, ...(known && { future: known }) };
  });
  const paths = await rollouts.from(origins, options);
  return origins.map((origin, i) => {
    const { sequence } = origin;
    const { x, emissionMean } = paths[i]!;
    const units = unitsAhead(origin, columns.length);
    const inUnits = (values: Float64Array) => unscaled(values, columns, { units });
    const { times } = ahead.get(sequence)!;
    return {
      sequence,
      ...(times && { times }),
      samples: perStep(inUnits(Float64Array.from(x)), horizon),
      emissionMean: inUnits(meansOf(emissionMean, horizon, columns.length)),
    };
  });
}

/** @throws VrnnError `forecast/horizon`, `forecast/particles` */
function requireCount(what: "horizon" | "particles", count: number): void {
  if (Number.isInteger(count) && count >= 1) return;
  throw new VrnnError(`forecast/${what}`, `${what} is ${count}`, { remedy: "give a whole number from 1" });
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
export function futureOf(
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
    values: concatenated([values, path.values]),
    ...(times && path.times && { times: concatenated([times, path.times]) }),
  }));
}
