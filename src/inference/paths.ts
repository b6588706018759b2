/** What exact models that smooth tell of whole sequences: hidden states given all steps, and gaps filled by paths. */
import type { Column, Sequence } from "../data/dataset.ts";
import { tableSequence } from "../data/field-dataset.ts";
import { input } from "../graph/index.ts";
import { drawWidths } from "../models/generate.ts";
import { likeliestPath } from "../models/likeliest.ts";
import type { SmoothingModel } from "../models/model.ts";
import type { PathModel } from "../models/requirements.ts";
import { drawnPaths, pathDraws, smoothed, smoothingInputs } from "../models/smooth.ts";
import { countOf, sizeOf } from "../nn/parameters.ts";
import type { Program } from "../onnx/lower.ts";
import { type Executable, emptyFloat32, float32, type Values } from "../runtime/runtime.ts";
import { restingStates } from "../train/feeds.ts";
import { compile } from "../train/programs.ts";
import { unpackWeights } from "../train/weights.ts";
import { sourceOf } from "./draws.ts";
import { compileFinite } from "./finite.ts";
import type { Gap } from "./gap.ts";
import type { ParticleFilterOptions } from "./particle-filter.ts";
import { tableFeeder, unscaled } from "./rows.ts";

/** A model that smooths, where it runs, and how many paths are drawn: S. */
export type PathOptions = Omit<ParticleFilterOptions, "model"> & { readonly model: SmoothingModel };

/** About how many numbers one run of the program may take of a kind, 16 MB of them. */
const MOST_NUMBERS = 2 ** 22;

/**
 * The gaps of sequences with S draws each out of p(missing | all that was observed), exactly: those of one place in all gaps
 * of a sequence are of one path.
 *
 * @returns for each sequence its gaps, by step and column
 */
export async function gapsByPaths(
  options: PathOptions,
  sequences: readonly Sequence[],
): Promise<readonly (readonly Gap[])[]> {
  const executable = await compileFinite(options.runtime, pathProgram(options.model));
  try {
    const all: Gap[][] = [];
    for (const sequence of sequences) all.push(await gapsOf(sequence, options, executable));
    return all;
  } finally {
    await executable.dispose();
  }
}

async function gapsOf(sequence: Sequence, options: PathOptions, executable: Executable): Promise<Gap[]> {
  const { columns, particles, seed } = options;
  const gaps = emptyGaps(sequence, columns, particles);
  if (gaps.length === 0) return gaps;
  const source = sourceOf(seed, "paths", sequence.name);
  const feeds = sequenceFeeds(options, sequence);
  const most = pathsAtOnce(options.model, sequence);
  for (let first = 0; first < particles; first += most) {
    const paths = Math.min(most, particles - first);
    const results = await executable.run({
      ...feeds,
      ...drawsOf(options.model, source, sequence.length, paths),
    });
    putDraws(gaps, results["filled"]!.data as Float32Array, { sequence, columns, first, paths });
  }
  return gaps;
}

/** Each missing entry, without draws yet. */
function emptyGaps({ values }: Sequence, { length: width }: readonly Column[], particles: number): Gap[] {
  return Array.from(values.keys()).flatMap((i) =>
    Number.isNaN(values[i])
      ? [{ step: Math.floor(i / width), column: i % width, draws: new Float64Array(particles) }]
      : [],
  );
}

/** How many paths are drawn side by side, so that memory stays bounded however long a sequence is. */
function pathsAtOnce(model: SmoothingModel, { length }: Sequence): number {
  const { uniform, normal } = drawWidths(model);
  const hidden = Object.values(model.state).reduce((all, shape) => all + sizeOf({ shape }), 0);
  const each = length * (uniform + normal + hidden + model.width);
  return Math.max(1, Math.floor(MOST_NUMBERS / each));
}

/** `[T, S, ·]` */
function drawsOf(
  model: SmoothingModel,
  source: ReturnType<typeof sourceOf>,
  steps: number,
  paths: number,
): Values {
  const widths = drawWidths(model);
  const each = (["uniform", "normal"] as const).map((kind) => {
    const numbers = emptyFloat32([steps, paths, widths[kind]]);
    source[kind](numbers.data);
    return [kind, numbers] as const;
  });
  return Object.fromEntries(each);
}

/** Which draws of which sequence some paths are. */
interface PathsOf {
  readonly sequence: Sequence;
  readonly columns: readonly Column[];
  /** The place of the first of them among all draws. */
  readonly first: number;
  readonly paths: number;
}

/** Puts the entries of some paths where they were missing. @param filled `[T, paths, D]`, in the units of a batch */
function putDraws(
  gaps: readonly Gap[],
  filled: Float32Array,
  { sequence, columns, first, paths }: PathsOf,
): void {
  const { length: width } = columns;
  const size = paths * width;
  for (const { step, column, draws } of gaps) {
    const rows = Float64Array.from(filled.subarray(step * size, (step + 1) * size)); // [paths, D]
    const values = unscaled(rows, columns, { units: sequence.units, start: step, rows: paths });
    for (let s = 0; s < paths; s++) draws[first + s] = values[s * width + column]!;
  }
}

/**
 * What is known of the hidden state behind each step of sequences given all their steps.
 *
 * @returns for each sequence the parts of the state, `[length, size]`
 */
export async function smoothedStates(
  options: PathOptions,
  sequences: readonly Sequence[],
): Promise<readonly Readonly<Record<string, Float64Array>>[]> {
  const executable = await compileFinite(options.runtime, smoothingProgram(options.model));
  try {
    const all: Readonly<Record<string, Float64Array>>[] = [];
    for (const sequence of sequences) {
      const states = sequence.length === 0 ? {} : await executable.run(sequenceFeeds(options, sequence));
      const parts = Object.keys(options.model.state).map((name) => [
        name,
        Float64Array.from((states[name]?.data ?? []) as Float32Array),
      ]);
      all.push(Object.fromEntries(parts));
    }
    return all;
  } finally {
    await executable.dispose();
  }
}

/**
 * The likeliest path of the hidden state through each sequence (Viterbi's algorithm), missing entries summed out.
 *
 * @returns for each sequence the place of the state of each step, from 0, `[length]`
 * @example
 * const [path] = await likeliestPaths({ runtime, model: hmm, weights, columns, particles: 1, seed: 1 }, sequences);
 */
export async function likeliestPaths(
  options: PathOptions & { readonly model: PathModel },
  sequences: readonly Sequence[],
): Promise<readonly Int32Array[]> {
  const executable = await compileFinite(options.runtime, likeliestProgram(options.model));
  try {
    const all: Int32Array[] = [];
    for (const sequence of sequences) {
      const run = sequence.length === 0 ? undefined : await executable.run(sequenceFeeds(options, sequence));
      all.push(Int32Array.from((run?.["places"]?.data ?? []) as Float32Array));
    }
    return all;
  } finally {
    await executable.dispose();
  }
}

/** One sequence as programs take it, from its beginning. */
function sequenceFeeds({ model, weights, columns }: PathOptions, sequence: Sequence): Values {
  const { length, values, units } = tableSequence(sequence);
  const feeds = tableFeeder(model, columns).feed([{ length, values, ...(units && { units }) }])[0] as Values;
  return { parameters: float32([weights.length], weights), ...feeds, ...restingStates(model, 1) };
}

/** Inputs: `parameters` `[P]`, those of a sequence, `uniform` and `normal` `[T, S, ·]`. Output: `filled` `[T, S, D]`. */
function pathProgram(model: SmoothingModel): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  return compile({ filled: drawnPaths(model, weights, smoothingInputs(model, 1), pathDraws(model)) });
}

/** Inputs: `parameters` `[P]`, those of a sequence. Outputs: the parts of the smoothed state, `[T, 1, ·]`. */
function smoothingProgram(model: SmoothingModel): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  return compile({ ...smoothed(model, weights, smoothingInputs(model, 1)) });
}

/** Inputs: `parameters` `[P]`, those of a sequence. Output: `places` `[T, 1]`. */
function likeliestProgram(model: PathModel): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  return compile({ places: likeliestPath(model, weights, smoothingInputs(model, 1)) });
}
