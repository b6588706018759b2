/** Sequences that a model makes up. */
import type { Column, Sequence } from "../data/dataset.ts";
import type { SequenceModel } from "../models/sequence.ts";
import { Random } from "../random/generator.ts";
import { float32, type Runtime, scalarValue, type Values } from "../runtime/runtime.ts";
import { carriedStates } from "../train/feeds.ts";
import { fillOpenUniform, laneDraws, laneOf, restingStates, unscaled } from "./lanes.ts";
import { imaginationProgram } from "./programs.ts";

export interface SampleOptions {
  readonly runtime: Runtime;
  readonly model: SequenceModel;
  /** `[P]` */
  readonly weights: Float32Array;
  readonly columns: readonly Column[];
  /** How many sequences. */
  readonly count: number;
  /** How long each is. */
  readonly steps: number;
  readonly seed: number;
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
    const sources = Array.from({ length: count }, (_, lane) => sourceOf(options.seed, lane));
    const samples = sources.map(() => new Float64Array(steps * columns.length)); // [steps, D]
    let states = restingStates(model, count);
    for (let done = 0; done < steps && count > 0; done += window) {
      const length = Math.min(window, steps - done);
      const results = await executable.run({ ...inputsOf(options, sources, length), ...states });
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

/** The random numbers of one sequence, a stream for each input of the sampling program. */
type Source = Readonly<Record<"noise" | "uniform" | "normal", (numbers: Float32Array) => void>>;

function sourceOf(seed: number, lane: number): Source {
  const stream = (name: string) => Random.stream(seed, "sample", name, lane);
  const [noise, uniform, normal] = [stream("noise"), stream("uniform"), stream("normal")];
  return {
    noise: (numbers) => noise.fillNormal(numbers),
    uniform: (numbers) => fillOpenUniform(uniform, numbers),
    normal: (numbers) => normal.fillNormal(numbers),
  };
}

function inputsOf(
  { model, weights, temperature = 1 }: SampleOptions,
  sources: readonly Source[],
  length: number,
): Values {
  const lengths = sources.map(() => length);
  const draws = (part: keyof Source, width: number) =>
    laneDraws(
      sources.map((source) => source[part]),
      lengths,
      length,
      width,
    );
  return {
    parameters: float32([weights.length], weights),
    temperature: scalarValue(temperature),
    noise: draws("noise", model.latentSize),
    uniform: draws("uniform", model.emission.uniforms),
    normal: draws("normal", model.emission.normals),
  };
}

/** Samples as they would have been recorded: in the unit of the data, real ones on their grid. `[length, D]` */
function recorded(values: Float64Array, columns: readonly Column[]): Float64Array {
  return unscaled(values, columns).map((value, i) => onGrid(value, columns[i % columns.length]!.resolution));
}

/** The nearest point of a grid, free of the dust that multiplying leaves (0.1 · 3 is 0.3). */
function onGrid(value: number, resolution: number): number {
  return resolution > 0 ? Number((Math.round(value / resolution) * resolution).toPrecision(12)) : value;
}
