/** What a model makes up, as it gives it: sequences of every kind of data, and whatever they are to follow. */
import { drawWidths } from "../models/generate.ts";
import type { Model } from "../models/model.ts";
import { float32, type Runtime, scalarValue, type Values } from "../runtime/runtime.ts";
import { carriedStates, restingStates } from "../train/feeds.ts";
import { type Source, sourceOf } from "./draws.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";
import { generationProgram } from "./generation-program.ts";
import { rowDraws, rowOf } from "./rows.ts";

/** How many rows are made up, and how. */
export interface GenerateOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** B: how many sequences. */
  readonly count: number;
  /** How long each is. */
  readonly steps: number;
  readonly seed: number;
  /** 1, unless told, is the model's own spread; less is tamer, and next to 0 it takes the likeliest token. */
  readonly temperature?: number;
  /** The most steps computed at once; the state is carried over; 256 unless told. */
  readonly window?: number;
  /** A step at which a window begins beside the others, as what is known changes there; none unless told. */
  readonly cut?: number;
  /** Parts of the states that rows begin in, `state.<part>` `[B, ...]`, such as those after what is to be continued; at rest unless told. */
  readonly states?: Values;
  /**
   * What the model reads beside, for `length` steps from step `done` on: conditions, a source, units.
   *
   * @param rows what was made up so far, in its first `done` steps
   */
  readonly known?: (done: number, length: number, rows: readonly GeneratedRow[]) => Values;
}

/** A sequence that was made up. */
export interface GeneratedRow {
  /** `[steps, D]`: tokens as their ids, pixels in a row, columns scaled as in a batch. */
  readonly x: Float64Array;
  /** `[steps, D]`: what was to be expected of each step, given the latent variables that were drawn. */
  readonly emissionMean: Float64Array;
}

/**
 * Draws rows from a model. Each has random numbers of its own: the third of four is the third of ten (up to rounding).
 *
 * @example
 * const [source] = new Feeder(inputSpecs(model).filter(({ field }) => field === "source"), fields).feed(parts);
 * const rows = await generateRows({ ...settings, count: parts.length, steps: 21, temperature: 1e-3, known: () => source });
 * tokenizer.decode(rows[0].x); // the likeliest token after the other, up to the end sign
 */
export async function generateRows(options: GenerateOptions): Promise<GeneratedRow[]> {
  const rows = emptyRows(options);
  for await (const _ of fillRows(options, rows));
  return rows;
}

/** Rows of zeros, to be filled. */
export function emptyRows({ count, steps, model }: GenerateOptions): GeneratedRow[] {
  const empty = () => new Float64Array(steps * model.width); // [steps, D]
  return Array.from({ length: count }, () => ({ x: empty(), emissionMean: empty() }));
}

/** Draws rows window by window, and tells after each how many steps are there. */
export async function* fillRows(
  options: GenerateOptions,
  rows: readonly GeneratedRow[],
): AsyncGenerator<number> {
  const { runtime, model, weights, count, seed } = options;
  const executable = await compileFinite(runtime, generationProgram(model, frozen(weights)));
  try {
    const sources = rows.map((_, row) => sourceOf(seed, "sample", row));
    let states: Values = { ...restingStates(model, count), ...options.states };
    for (const [done, end] of count > 0 ? windowsOf(options) : []) {
      const length = end - done;
      const known = options.known?.(done, length, rows);
      const results = await executable.run({ ...feedsOf(options, sources, length), ...known, ...states });
      rows.forEach((row, at) => {
        for (const part of ["x", "emissionMean"] as const)
          row[part].set(rowOf(results[part]!, at, length), done * model.width);
      });
      states = carriedStates(results);
      yield end;
    }
  } finally {
    await executable.dispose();
  }
}

/** Where each window begins and ends. */
function* windowsOf({ steps, window = 256, cut = 0 }: GenerateOptions): Generator<readonly [number, number]> {
  const middle = Math.min(cut, steps);
  for (let at = 0; at < middle; at += window) yield [at, Math.min(at + window, middle)];
  for (let at = middle; at < steps; at += window) yield [at, Math.min(at + window, steps)];
}

function feedsOf(
  { model, weights, temperature = 1 }: GenerateOptions,
  sources: readonly Source[],
  length: number,
): Values {
  const lengths = sources.map(() => length);
  const draws = Object.entries(drawWidths(model)).map(([part, width]) => {
    const fills = sources.map((source) => source[part as keyof Source]);
    return [part, rowDraws(fills, lengths, length, width)] as const;
  });
  return {
    parameters: float32([weights.length], weights),
    temperature: scalarValue(temperature),
    ...Object.fromEntries(draws),
  };
}
