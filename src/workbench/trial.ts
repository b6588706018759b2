/** A trial: a small model that tells the columns in some way, and how well it does on validation data. */
import { everyNth } from "../collections.ts";
import { type Dataset, type Sequence, sliceSequence } from "../data/dataset.ts";
import { tableDataset } from "../data/field-dataset.ts";
import { type WithPast, withPast } from "../data/joined.ts";
import type { Season } from "../data/seasons.ts";
import { VrnnError } from "../errors.ts";
import { backtest } from "../inference/backtest.ts";
import type { ParticleFilterOptions } from "../inference/particle-filter.ts";
import { scoreSequences } from "../inference/score.ts";
import { type ModelOptions, modelDataOf } from "../models/family.ts";
import { vrnn } from "../models/vrnn/family.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { TrainingOptions } from "../train/options.ts";
import { Trainer } from "../train/trainer.ts";
import { centredData } from "./centres.ts";

/** What trials are made on, and of what model. */
export interface Trials {
  readonly data: Dataset;
  readonly model: ModelOptions;
  readonly training: TrainingOptions;
  readonly runtime: Runtime;
  /** How many steps ahead it has to forecast. */
  readonly horizon: number;
  /** Ends the trials; what is chosen then is worth nothing. */
  readonly signal?: AbortSignal;
}

/** Updates of each trial: enough to tell ways apart, not to learn. */
export const TRIAL_UPDATES = 200;
/** Steps of trials are larger than those of training, which has more of them. */
const TRIAL_RATE = 3e-3;
/** Likelihoods are judged by the first so many steps of the validation data, forecasts by the first so many. */
const [JUDGED, FORECAST] = [20_000, 600];
/** So many steps before the validation data are read along, where these go on with a training sequence. */
const [LEAST_PAST, MOST_PAST] = [60, 1_000];
/** Of training, and of what is made of its weights. */
const NOT_FINITE: ReadonlySet<string> = new Set(["train/not-finite", "task/not-finite"]);
/** Nats of a value. */
const HOPELESS = -1e6;
/** Forecasts set out from so many places, with so many paths each. */
const [ORIGINS, PATHS] = [12, 40];
/** Without a season forecasts are judged so far ahead; and never farther than that. */
const [USUAL_HORIZON, FARTHEST] = [24, 48];

/** How far ahead forecasts are judged: a season, as far as validation sequences are twice as long. */
export function horizonOf({ splits }: Dataset, seasons: readonly (readonly Season[])[]): number {
  const season = seasons.flat().reduce((most, { steps }) => Math.max(most, steps), 0);
  const longest = splits.valid.reduce((most, { length }) => Math.max(most, length), 0);
  return Math.max(1, Math.min(season || USUAL_HORIZON, FARTHEST, Math.floor(longest / 2)));
}

/**
 * Trains a model without latent variables, so that each column has a likelihood of its own, that tells the columns as
 * the options say; of each column what it said of each observed value of the validation data, in nats: the log-likelihood of
 * the next step, less the logarithm of the mean error of its forecasts (CRPS). A way to tell a column has to do both: half the
 * error is worth as much as twice the likelihood.
 */
export async function judge(trials: Trials, emissions: ModelOptions): Promise<Float64Array[]> {
  const { data: plain, model, training, runtime } = trials;
  const options = { ...model, ...emissions, latent: 0 };
  const data = centredData(plain, options);
  const { columns } = data;
  const trial = vrnn.build(modelDataOf(tableDataset(data).fields), options);
  const trainer = await Trainer.create({ model: trial, data, options: trialTraining(training), runtime });
  try {
    const weights = await trainedWeights(trainer, trials.signal);
    const settings = { runtime, model: trial, weights, columns, seed: training.seed };
    return await natsOf(settings, data, trials.horizon);
  } catch (error) {
    if (error instanceof VrnnError && NOT_FINITE.has(error.code)) return hopeless(data);
    throw error;
  } finally {
    await trainer.dispose();
  }
}

/** Of each column what a trained model says of each value that is judged. */
async function natsOf(
  trained: Omit<ParticleFilterOptions, "particles">,
  data: Dataset,
  horizon: number,
): Promise<Float64Array[]> {
  const errors = await forecastErrors(trained, data, horizon);
  const judged = judgedParts(data, JUDGED);
  const scores = await scoreSequences({ ...trained, sequences: judged.map(({ whole }) => whole) });
  return data.columns.map((_, d) => {
    const nats = eachJudged(judged, scores, d);
    return Float64Array.from(nats, (each) => each - Math.log(errors[d]!));
  });
}

/** What is said of a way that ends in numbers beyond all bounds: it is not taken, and the others are judged all the same. */
function hopeless(data: Dataset): Float64Array[] {
  const judged = judgedParts(data, JUDGED);
  const none = judged.map(({ whole }) => ({ logLikelihood: whole.values }));
  return data.columns.map((_, d) => new Float64Array(eachJudged(judged, none, d).length).fill(HOPELESS));
}

/** The log-likelihoods of the observed values of column d that are judged. */
function eachJudged(
  judged: readonly WithPast[],
  scores: readonly { readonly logLikelihood: Float64Array }[],
  d: number,
): number[] {
  return judged.flatMap(({ whole, from }, i) => {
    const of = (rows: Float64Array) => everyNth(rows, d, rows.length / whole.length);
    const values = of(whole.values);
    return [...of(scores[i]!.logLikelihood)].filter((_, t) => t >= from && !Number.isNaN(values[t]));
  });
}

const trialTraining = (training: TrainingOptions): TrainingOptions => ({
  ...training,
  learner: "gradient",
  objective: "elbo",
  schedule: "constant",
  recompute: 0,
  learningRate: Math.max(training.learningRate, TRIAL_RATE),
  epochs: TRIAL_UPDATES,
  patience: 0,
});

/** The weights after the updates of a trial: the best of the epochs that ended by then, or the last where none did. */
async function trainedWeights(trainer: Trainer, signal: AbortSignal | undefined): Promise<Float32Array> {
  let hasEnded = false;
  for await (const event of trainer.fit(signal)) {
    hasEnded ||= event.type === "epoch";
    const isBetween = event.type === "epoch" || (event.type === "step" && event.progress < 1);
    if (isBetween && event.step >= TRIAL_UPDATES) break;
  }
  await trainer.download();
  return (hasEnded ? trainer.bestWeights : trainer.weights).slice();
}

/** The first steps of the validation data, each with what was before it in the training split: as it is seen in use. */
function judgedParts({ columns, conditions, splits }: Dataset, most: number): readonly WithPast[] {
  const parts = firstSteps(splits.valid, most);
  const before = Math.min(MOST_PAST, Math.max(LEAST_PAST, Math.floor(JUDGED / Math.max(1, parts.length))));
  const pasts = splits.train.map((each) =>
    sliceSequence(each, Math.max(0, each.length - before), each.length),
  );
  return parts.map((part) => withPast(part, pasts, { columns, conditions }));
}

/** The first steps of sequences, in their order. */
function firstSteps(sequences: readonly Sequence[], most: number): readonly Sequence[] {
  let left = most;
  return sequences.flatMap((sequence) => {
    const steps = Math.min(left, sequence.length);
    left -= steps;
    return steps > 0 ? [sliceSequence(sequence, 0, steps)] : [];
  });
}

/** An error is never told smaller than this share of a deviation, nor larger than so many of them. */
const [LEAST_ERROR, MOST_ERROR] = [1e-4, 1e4];

/** The mean error (CRPS) of forecasts by column, in the deviations of columns; 1 of a column of which none is known. */
async function forecastErrors(
  trained: Omit<ParticleFilterOptions, "particles">,
  data: Dataset,
  horizon: number,
): Promise<number[]> {
  const { columns } = data;
  const judged = judgedParts(data, FORECAST);
  const starts = new Map(judged.map(({ whole, from }) => [whole, from]));
  const steps = judged.reduce((sum, { whole, from }) => sum + whole.length - from, 0);
  const origins = {
    sequences: [...starts.keys()],
    every: Math.max(1, Math.floor(steps / ORIGINS)),
    isOrigin: (sequence: Sequence, origin: number) => origin >= starts.get(sequence)!,
  };
  const totals = columns.map(() => ({ sum: 0, count: 0 }));
  for await (const casts of backtest({ ...trained, ...origins, horizon, particles: PATHS }))
    for (const { sequence, origin, samples } of casts)
      samples.slice(0, sequence.length - origin).forEach((drawn, h) => {
        columns.forEach((column, d) => {
          const value = sequence.values[(origin + h) * columns.length + d]!;
          const scale = column.standardDeviation > 0 ? column.standardDeviation : 1;
          const error = rankedError(everyNth(drawn, d, columns.length), value) / scale;
          if (Number.isNaN(value)) return;
          totals[d]!.sum += Number.isFinite(error) ? Math.min(error, MOST_ERROR) : MOST_ERROR;
          totals[d]!.count += 1;
        });
      });
  return totals.map(({ sum, count }) => (count === 0 ? 1 : Math.max(LEAST_ERROR, sum / count)));
}

/** E|x − value| − ½ E|x − x′| of draws: their continuous ranked probability score. */
function rankedError(draws: Float64Array, value: number): number {
  const sorted = draws.toSorted();
  const distance = sorted.reduce((sum, x) => sum + Math.abs(x - value), 0) / sorted.length;
  const spread = sorted.reduce((sum, x, i) => sum + (2 * i - sorted.length + 1) * x, 0) / sorted.length ** 2;
  return distance - spread;
}
