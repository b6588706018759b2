/** How likely a model finds each step of sequences. */
import { rowSums } from "../collections.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import type { Feeder } from "../data/feeder.ts";
import { tableSequence } from "../data/field-dataset.ts";
import { bucketSpans, openBatches, planBatches, wholeSpans } from "../data/plan.ts";
import { memorySource } from "../data/source.ts";
import { capabilitiesOf, latentWidth, type Model, noiseWidth } from "../models/model.ts";
import { Random } from "../random/generator.ts";
import { type Executable, float32, type Runtime, type Values } from "../runtime/runtime.ts";
import { carriedStates, restingStates } from "../train/feeds.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import { rowDraws, rowOf, tableFeeder, unscaled } from "./rows.ts";

/** What is to be scored, and how. */
export interface ScoreOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** The columns of the sequences, those that the model was made for. */
  readonly columns: readonly Column[];
  readonly sequences: readonly Sequence[];
  readonly seed: number;
  /** The most sequences computed side by side; 16 unless told. */
  readonly batchSize?: number;
  /**
   * The most steps computed at once; the state is carried over. Memory depends on it, scores do not; 256 unless told. A
   * model whose posterior knows the future knows it up to the end of a window: its sequences are computed whole unless told.
   */
  readonly window?: number;
  /** Draws of the latent variables that are averaged; 1 unless told. More make the same bound less noisy. */
  readonly samples?: number;
}

/** How likely a model finds each step of one sequence, in nats. */
export interface StepScores {
  readonly name: string;
  readonly length: number;
  readonly times?: Float64Array;
  /** `[length]`: the lower bound of each step's log-likelihood, the entries' log-likelihoods minus the divergence. */
  readonly total: Float64Array;
  /** `[length, D]`: the log-likelihood of each entry; 0 where it is missing. */
  readonly logLikelihood: Float64Array;
  /** `[length]`: the divergence of the posterior from the prior. */
  readonly kl: Float64Array;
}

/** What a model says of one sequence, in nats and in the units of the data. */
export interface SequenceScores extends StepScores {
  /** `[length, Z]`: the posterior means. */
  readonly latent: Float64Array;
  /**
   * `[length, D]`: the expected value of each entry given the latent variables: of a real column in its unit, of a
   * binary one the probability of 1, of a categorical one the index of the likeliest level.
   */
  readonly emissionMean: Float64Array;
}

/** A sequence with its scores. */
export interface Scored<Scores extends StepScores = SequenceScores> {
  readonly sequence: Sequence;
  readonly scores: Scores;
}

/**
 * Scores every step of sequences by the model's bound, log p(x|z) − KL, with z drawn from the posterior.
 *
 * The noise of a step depends on the seed, the sequence's name and the step alone, so a sequence scores the same
 * (up to rounding) whatever it is scored with, and however it is cut into windows.
 *
 * @returns one record per sequence, in their order.
 * @example
 * const [scores] = await scoreSequences({ runtime, model, weights, columns, sequences, seed: 1 });
 * scores.total; // Float64Array: nats of each step, such as [-21.3, -19.8, ...]
 */
export async function scoreSequences(options: ScoreOptions): Promise<SequenceScores[]> {
  const { runtime, model, columns, batchSize = 16, samples = 1 } = options;
  const executable = await compileFinite(runtime, unrollProgram(model, scoredParts));
  const feeder = tableFeeder(model, columns);
  try {
    // Copies, so that a sequence given twice has two lanes.
    const lanes = options.sequences.map((sequence) => ({ ...sequence }));
    const sums = new Map<Sequence, Sums>(
      lanes.map((lane) => [lane, emptySums(lane, columns.length, latentWidth(model))]),
    );
    for (let sample = 0; sample < samples; sample++) {
      for (const spans of bucketSpans(wholeSpans(lanes), batchSize)) {
        const group = spans.map(({ i }) => lanes[i]!);
        await scoreGroup(group, { ...options, executable, feeder, sample }, (lane) => sums.get(lane)!);
      }
    }
    return lanes.map((lane) => finished(lane, sums.get(lane)!, columns, samples));
  } finally {
    await executable.dispose();
  }
}

/** The standard normal noise of a sequence's latent variables, one draw after the other. */
export function scoreNoise(
  seed: number,
  { name, offset = 0 }: Pick<Sequence, "name" | "offset">,
  sample = 0,
): Random {
  return Random.stream(seed, "score", name, offset, sample);
}

/** The parts of a judgement that scores are made of. */
const scoredParts = ["logLikelihood", "kl", "latent", "emissionMean"] as const;

/** Sums over samples, in the model's units: `[length, width]` each. */
type Sums = Readonly<Record<(typeof scoredParts)[number], Float64Array>>;

function emptySums({ length }: Sequence, columns: number, latent: number): Sums {
  return {
    logLikelihood: new Float64Array(length * columns),
    kl: new Float64Array(length * latent),
    latent: new Float64Array(length * latent),
    emissionMean: new Float64Array(length * columns),
  };
}

interface Run extends ScoreOptions {
  readonly executable: Executable;
  readonly feeder: Feeder;
  readonly sample: number;
}

const windowOf = (model: Model, group: readonly Sequence[]): number =>
  capabilitiesOf(model).causal ? 256 : Math.max(1, ...group.map(({ length }) => length));

/** Runs through some sequences side by side, window by window, and adds what comes out to their sums. */
async function scoreGroup(
  group: readonly Sequence[],
  run: Run,
  sumsOf: (lane: Sequence) => Sums,
): Promise<void> {
  const { executable, feeder, model, weights, seed, sample } = run;
  const { window = windowOf(model, group) } = run;
  const source = memorySource(group.map(tableSequence), feeder.fields);
  const plan = planBatches(wholeSpans(await source.index()), { batchSize: group.length, window });
  const lanes = plan[0]?.rows.map(({ i }) => group[i]!) ?? [];
  const fills = lanes.map((lane) => {
    const random = scoreNoise(seed, lane, sample);
    return (noise: Float32Array) => random.fillNormal(noise);
  });
  let states = restingStates(model, lanes.length);
  let done = 0;
  for await (const { parts } of openBatches(source, plan)) {
    const lengths = parts.map(({ length }) => length);
    const steps = Math.max(...lengths);
    if (steps === 0) continue;
    const results = await executable.run({
      parameters: float32([weights.length], weights),
      ...(feeder.feed(parts)[0] as Values),
      noise: rowDraws(fills, lengths, steps, noiseWidth(model)),
      ...states,
    });
    for (const [b, lane] of lanes.entries()) addLane(sumsOf(lane), results, b, lengths[b]!, done);
    states = carriedStates(results);
    done += steps;
  }
}

/** Adds the first steps of one lane of the results to its sums, from step `done` on. */
function addLane(sums: Sums, results: Values, lane: number, length: number, done: number): void {
  for (const [part, sum] of Object.entries(sums)) {
    const result = results[part]!; // [T, B, width]
    const start = done * result.shape[2]!;
    rowOf(result, lane, length).forEach((value, i) => {
      sum[start + i]! += value;
    });
  }
}

function finished(lane: Sequence, sums: Sums, columns: readonly Column[], samples: number): SequenceScores {
  const { name, length, times } = lane;
  const logLikelihood = sums.logLikelihood.map((sum) => sum / samples);
  const kl = rowSums(sums.kl, length).map((sum) => sum / samples);
  return {
    name,
    length,
    ...(times && { times }),
    total: rowSums(logLikelihood, length).map((sum, t) => sum - kl[t]!),
    logLikelihood,
    kl,
    latent: sums.latent.map((sum) => sum / samples),
    emissionMean: unscaled(
      sums.emissionMean.map((sum) => sum / samples),
      columns,
    ),
  };
}
