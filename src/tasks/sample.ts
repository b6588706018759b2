/** Sequences that a model makes up. */
import type { Column, Sequence } from "../data/dataset.ts";
import { drawWidths } from "../models/generate.ts";
import { type GivenLatents, latentStates } from "../models/given-latents.ts";
import type { Model } from "../models/model.ts";
import { float32, type Runtime, scalarValue, type Values } from "../runtime/runtime.ts";
import { carriedStates, restingStates } from "../train/feeds.ts";
import { type Source, sourceOf } from "./draws.ts";
import { knownFeeds, laneDraws, laneOf, recorded } from "./lanes.ts";
import { imaginationProgram } from "./programs.ts";

/** What is to be sampled, and from what. */
export interface SampleOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  readonly columns: readonly Column[];
  /** How many sequences. */
  readonly count: number;
  /** How long each is. */
  readonly steps: number;
  readonly seed: number;
  /**
   * `[steps, C]`: what is known of each step, in the order of `model.conditions` and the units of the data, the same for
   * all sequences; NaN is withheld. Withheld altogether unless told.
   */
  readonly known?: Float64Array;
  /** Of a model with latent variables of the whole sequence: their values in each of the sequences; drawn unless told. */
  readonly latents?: GivenLatents;
  /** 1, unless told, is the model's own spread; less is tamer. */
  readonly temperature?: number;
  /** The most steps computed at once; the state is carried over; 256 unless told. */
  readonly window?: number;
}

/**
 * Draws sequences from a model, each from a fresh state, in the units of the data: real columns on the grid that they
 * were recorded on, binary ones 0 or 1, levels as their index.
 *
 * Each sequence has random numbers of its own: the third of four is the third of ten (up to rounding).
 *
 * @example
 * const [first] = await sampleSequences({ runtime, model, weights, columns, count: 1, steps: 3, seed: 1 });
 * first; // { name: "sample 1", length: 3, values: Float64Array [20, 0.5, 15, 0.5, 20, 1] }
 */
export async function sampleSequences(options: SampleOptions): Promise<Sequence[]> {
  const { runtime, model, columns, count, steps, window = 256 } = options;
  const executable = await runtime.compile(imaginationProgram(model));
  try {
    const sources = Array.from({ length: count }, (_, lane) => sourceOf(options.seed, "sample", lane));
    const samples = sources.map(() => new Float64Array(steps * columns.length)); // [steps, D]
    const given = options.latents && latentStates(model, options.latents, count);
    let states: Values = { ...restingStates(model, count), ...given };
    for (let done = 0; done < steps && count > 0; done += window) {
      const length = Math.min(window, steps - done);
      const results = await executable.run({ ...inputsOf(options, sources, done, length), ...states });
      samples.forEach((sample, lane) => {
        sample.set(recorded(laneOf(results["x"]!, lane, length), columns), done * columns.length);
      });
      states = carriedStates(results);
    }
    return samples.map((values, lane) => ({ name: `sample ${lane + 1}`, length: steps, values }));
  } finally {
    await executable.dispose();
  }
}

function inputsOf(
  { model, weights, known, temperature = 1 }: SampleOptions,
  sources: readonly Source[],
  done: number,
  length: number,
): Values {
  const lengths = sources.map(() => length);
  const draws = Object.entries(drawWidths(model)).map(([part, width]) => {
    const fills = sources.map((source) => source[part as keyof Source]);
    return [part, laneDraws(fills, lengths, length, width)] as const;
  });
  return {
    parameters: float32([weights.length], weights),
    temperature: scalarValue(temperature),
    ...knownFeeds(
      model,
      sources.map(() => known),
      done,
      length,
    ),
    ...Object.fromEntries(draws),
  };
}
