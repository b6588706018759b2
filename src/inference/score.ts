/** How likely a model finds each step of sequences. */
import { commonest, everyNth, paired, rowSums } from "../collections.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import { tableFields, tableSequence } from "../data/field-dataset.ts";
import type { Fields } from "../data/fields.ts";
import { wholeSpans } from "../data/plan.ts";
import { type IndexEntry, type MemorySequence, memorySource } from "../data/source.ts";
import { capabilitiesOf, latentWidth, type Model } from "../models/model.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import { Random } from "../random/generator.ts";
import type { Executable, Runtime, Values } from "../runtime/runtime.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";
import { rowOf, unscaled } from "./rows.ts";
import { overRows } from "./unrolled-rows.ts";

/** How sequences are scored, and by what. */
interface Scoring {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
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

/** What is to be scored, and how. */
export interface ScoreOptions extends Scoring {
  /** The columns of the sequences, those that the model was made for. */
  readonly columns: readonly Column[];
  readonly sequences: readonly Sequence[];
}

/** Sequences of any kind that are to be scored, and how. */
export interface ScoreRowsOptions extends Scoring {
  /** The fields of the sequences, those that the model was made for. */
  readonly fields: Fields;
  readonly sequences: readonly MemorySequence[];
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
   * binary one or a pixel the probability of 1, of a categorical one the index of the likeliest level, of text the id of
   * the likeliest token. Of several draws the mean, of an index the one that is the likeliest in most of them.
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
export async function scoreSequences({
  columns,
  sequences,
  ...scoring
}: ScoreOptions): Promise<SequenceScores[]> {
  const fields = tableFields({ columns, conditions: scoring.model.conditions ?? [] });
  const scores = await scoreRows({ ...scoring, fields, sequences: sequences.map(tableSequence) });
  return scores.map((own, i) => {
    const { units } = sequences[i]!;
    return { ...own, emissionMean: unscaled(own.emissionMean, columns, { units }) };
  });
}

/**
 * The same of sequences of any kind: text, frames. What is expected of columns stays in the units of a batch.
 *
 * @throws VrnnError `feed/field`, `feed/mismatch` when the fields are not those of the model, `model/units` for sequences
 * with units of their own that it does not read
 * @example
 * const [scores] = await scoreRows({ runtime, model, weights, fields, sequences, seed: 1 });
 * scores.total; // Float64Array: nats of each character, such as [-3.1, -0.2, ...]
 */
export async function scoreRows(options: ScoreRowsOptions): Promise<SequenceScores[]> {
  const { runtime, model, weights, fields, sequences, samples = 1 } = options;
  const feeder = new ModelFeeder(model, fields);
  const executable = await compileFinite(runtime, unrollProgram(model, scoredParts, frozen(weights)));
  try {
    const indexColumns = indexColumnsOf(fields);
    const sums = sequences.map((sequence) => emptySums(sequence, model, indexColumns, samples));
    for (let sample = 0; sample < samples; sample++)
      await scoreOnce({ ...options, executable, feeder, sample, sums });
    return paired(sequences, sums).map(([sequence, own]) => finished(sequence, own, samples));
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

/** Sums over samples, in the model's units: `[length, width]` each, of the divergence `[length]`, over the latent variables too. */
interface Sums extends Readonly<Record<(typeof scoredParts)[number], Float64Array>> {
  /** `[length, samples]` by column: of those whose mean is an index what each sample gave, as indices have no mean. */
  readonly indices: ReadonlyMap<number, Int32Array>;
}

/** The columns of what is modelled of which the likeliest level or token is told. */
function indexColumnsOf({ x }: Fields): readonly number[] {
  if (x?.kind === "tokens") return [0];
  if (x?.kind !== "columns") return [];
  return x.columns.flatMap(({ kind }, d) => (kind === "categorical" ? [d] : []));
}

function emptySums(
  { length }: MemorySequence,
  model: Model,
  indexColumns: readonly number[],
  samples: number,
): Sums {
  const [width, latent] = [model.width, latentWidth(model)];
  return {
    indices: new Map(indexColumns.map((d) => [d, new Int32Array(length * samples)])),
    logLikelihood: new Float64Array(length * width),
    kl: new Float64Array(length),
    latent: new Float64Array(length * latent),
    emissionMean: new Float64Array(length * width),
  };
}

interface Pass extends ScoreRowsOptions {
  readonly executable: Executable;
  readonly feeder: ModelFeeder;
  readonly sample: number;
  /** Of each sequence. */
  readonly sums: readonly Sums[];
}

/** Goes through all sequences with one draw of the latent variables each, and adds what comes out to their sums. */
async function scoreOnce(pass: Pass): Promise<void> {
  const { executable, model, weights, feeder, sequences, seed, sample, sums, batchSize = 16 } = pass;
  const { window = capabilitiesOf(model).causal ? 256 : Number.POSITIVE_INFINITY } = pass;
  const source = memorySource(sequences, feeder.fields);
  const noiseOf = (sequence: IndexEntry) => scoreNoise(seed, sequence, sample);
  const spans = wholeSpans(sequences).filter(({ to }) => to > 0); // there is no loop of no steps
  const unrolled = { executable, model, weights, feeder, source, spans, batchSize, window, noiseOf };
  for await (const { rows, results } of overRows(unrolled))
    for (const [b, { i, from, to }] of rows.entries()) {
      addRow(sums[i]!, results, b, to - from, from);
      noteIndices(sums[i]!, rowOf(results["emissionMean"]!, b, to - from), from, pass);
    }
}

/** Adds the first steps of one row of the results to its sums, from step `done` on. */
function addRow(sums: Sums, results: Values, b: number, length: number, done: number): void {
  for (const part of scoredParts) {
    const [sum, result] = [sums[part], results[part]!]; // [T, B, width]
    const own = rowOf(result, b, length);
    const added = part === "kl" ? rowSums(own, length) : own;
    const start = (done * added.length) / length;
    for (let i = 0; i < added.length; i++) sum[start + i]! += added[i]!;
  }
}

/** Notes what one sample gives for the columns of indices, from step `done` on. @param means `[steps, D]` */
function noteIndices(
  { indices }: Sums,
  means: Float64Array,
  done: number,
  { model, sample, samples = 1 }: Pass,
): void {
  for (const [d, own] of indices)
    everyNth(means, d, model.width).forEach((index, t) => {
      own[(done + t) * samples + sample] = index;
    });
}

/** `[length, D]`: means over samples; of indices the commonest. */
function emissionMeanOf({ emissionMean, indices }: Sums, length: number, samples: number): Float64Array {
  const means = meansIn(emissionMean, samples);
  const width = means.length / Math.max(1, length);
  for (const [d, own] of indices)
    for (let t = 0; t < length; t++)
      means[t * width + d] = commonest(own.subarray(t * samples, (t + 1) * samples).sort());
  return means;
}

/** Sums over samples become means in their place: those of a long sequence take more than all else. */
function meansIn(sums: Float64Array, samples: number): Float64Array {
  if (samples > 1) for (let i = 0; i < sums.length; i++) sums[i]! /= samples;
  return sums;
}

function finished({ name, length, times }: MemorySequence, sums: Sums, samples: number): SequenceScores {
  const logLikelihood = meansIn(sums.logLikelihood, samples);
  const kl = meansIn(sums.kl, samples);
  return {
    name,
    length,
    ...(times && { times }),
    total: rowSums(logLikelihood, length).map((sum, t) => sum - kl[t]!),
    logLikelihood,
    kl,
    latent: meansIn(sums.latent, samples),
    emissionMean: emissionMeanOf(sums, length, samples),
  };
}
