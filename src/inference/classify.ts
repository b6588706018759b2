/** Which labels a model tells sequences, or their steps, to have. */
import type { Fields } from "../data/fields.ts";
import { wholeSpans } from "../data/plan.ts";
import type { IndexEntry } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import { capabilitiesOf, type Model, type Readout } from "../models/model.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import { Random } from "../random/generator.ts";
import type { Executable, TensorValue } from "../runtime/runtime.ts";
import { readoutProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";
import { logAdd } from "./log-add.ts";
import { overRows, type ReadSource, type UnrolledSteps } from "./unrolled-rows.ts";

/** What is to be told labels, and how. */
export interface ClassifyOptions extends ReadSource {
  /** Draws of the latent variables whose probabilities are averaged; 4 unless told. */
  readonly samples?: number;
  /** The most sequences computed side by side; 16 unless told. */
  readonly batchSize?: number;
  /** Of labels of steps the most steps computed at once; 256 unless told. */
  readonly window?: number;
}

/** What was told of one sequence: of the whole, or of each step. N is 1, or how many steps it has. */
export interface Classified {
  readonly name: string;
  /** `[N, L]`: the logarithm of the probability of each level. */
  readonly logProb: Float64Array;
  /** `[N]`: the index of the likeliest level. */
  readonly predicted: Int32Array;
  /** `[N]`: the index of the true level, −1 where it is not known. */
  readonly label: Int32Array;
}

/**
 * Tells labels by a model's readout: p(label | x) = E p(label | states), the states following from latent variables
 * drawn from their posterior. The draws depend on the seed, the sequence's name and the step alone.
 *
 * @returns one record per sequence, in the order of the source
 * @throws VrnnError `model/no-readout` when the model tells no labels, `model/units` for sequences with units of their own
 * that it does not read, `task/not-finite` for weights or data beyond what it can compute with
 * @example
 * const [first] = await classifySequences({ runtime, model, weights, fields, source, seed: 1 });
 * fields.label.levels[first.predicted[0]]; // "spam"
 */
export async function classifySequences(options: ClassifyOptions): Promise<Classified[]> {
  const { runtime, model, weights, fields, source, samples = 4 } = options;
  const readout = requireReadout(model);
  const levels = levelsOf(fields, readout);
  const index = await source.index();
  const told = index.map(({ name, length }) => untold(name, readout.over === "step" ? length : 1, levels));
  const feeder = new ModelFeeder(model, fields, readout.inputs);
  const executable = await compileFinite(runtime, readoutProgram(model, frozen(weights)));
  try {
    for (let sample = 0; sample < samples; sample++)
      await classifyOnce(options, { executable, feeder, readout, levels, told, sample });
  } finally {
    await executable.dispose();
  }
  return told.map(({ name, logSum, label }) => {
    const logProb = logSum.map((value) => value - Math.log(samples));
    return { name, logProb, predicted: likeliest(logProb, levels), label };
  });
}

/** @throws VrnnError `model/no-readout` */
export function requireReadout({ readout }: Model): Readout {
  if (readout !== undefined) return readout;
  throw new VrnnError("model/no-readout", "the model tells no labels", {
    remedy: "train one with --label and --objective cross-entropy, or learn it of this run with vrnn probe",
  });
}

function levelsOf(fields: Fields, { field }: Readout): number {
  const found = fields[field];
  return found?.kind === "label" ? found.levels.length : 0;
}

/** What has been told of a sequence so far. */
interface Telling {
  readonly name: string;
  /** `[N, L]`: log Σ p over the draws so far. */
  readonly logSum: Float64Array;
  readonly label: Int32Array;
}

const untold = (name: string, count: number, levels: number): Telling => ({
  name,
  logSum: new Float64Array(count * levels).fill(Number.NEGATIVE_INFINITY),
  label: new Int32Array(count).fill(-1),
});

interface Pass {
  readonly executable: Executable;
  readonly feeder: ModelFeeder;
  readonly readout: Readout;
  readonly levels: number;
  readonly told: readonly Telling[];
  readonly sample: number;
}

/** Goes through all sequences with one draw of the latent variables each. */
async function classifyOnce(options: ClassifyOptions, pass: Pass): Promise<void> {
  const { model, weights, source, seed, batchSize = 16 } = options;
  const { executable, feeder, readout, sample } = pass;
  const window = windowOf(options, readout);
  const noiseOf = ({ name, offset = 0 }: IndexEntry) => Random.stream(seed, "classify", name, offset, sample);
  const spans = wholeSpans(await source.index());
  const unrolled = { executable, model, weights, feeder, source, spans, batchSize, window, noiseOf };
  for await (const steps of overRows(unrolled)) take(steps, pass);
}

/** A label of the whole sequence is told of all its states; so is one by a model that looks ahead. */
const windowOf = ({ model, window = 256 }: ClassifyOptions, { over }: Readout): number =>
  over === "step" && capabilitiesOf(model).causal ? window : Number.POSITIVE_INFINITY;

/** Adds the probabilities of a batch to what has been told of its sequences, and notes the labels that are known. */
function take({ rows, parts, results }: UnrolledSteps, { readout, levels, told }: Pass): void {
  const { data } = results["logProb"] as TensorValue; // [T, B, L], or [B, L] of whole sequences
  for (const [b, { i, from, to }] of rows.entries()) {
    const { logSum, label } = told[i]!;
    const [first, count] = readout.over === "step" ? [from, to - from] : [0, 1];
    for (let n = 0; n < count; n++)
      for (let l = 0; l < levels; l++) {
        const at = (first + n) * levels + l;
        logSum[at] = logAdd(logSum[at]!, Number(data[(n * rows.length + b) * levels + l]));
      }
    label.set((parts[b]!.values[readout.field] as Int32Array | undefined)?.subarray(0, count) ?? [], first);
  }
}

function likeliest(logProb: Float64Array, levels: number): Int32Array {
  return Int32Array.from({ length: logProb.length / levels }, (_, n) => {
    const own = logProb.subarray(n * levels, (n + 1) * levels);
    return own.indexOf(own.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY));
  });
}
