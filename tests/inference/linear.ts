import type { Column, ConditionColumn, Sequence } from "../../src/data/dataset.ts";
import { gaussian, inverseSoftplus } from "../../src/distributions/gaussian.ts";
import { normal } from "../../src/distributions/latent/normal.ts";
import { DEVIATION_FLOOR } from "../../src/distributions/resolution.ts";
import {
  add,
  concat,
  constant,
  expand,
  filledLike,
  greater,
  mul,
  sub,
  sum,
  type Tensor,
  where,
} from "../../src/graph/index.ts";
import type { EmissionContext, LatentModel, Tensors } from "../../src/models/model.ts";
import type { State } from "../../src/nn/cells.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { plainColumn } from "../data/temporary.ts";

/** x_d ← φ_d·x_d + a_d·z + c + σ_d·ε_d with z and ε standard normal: columns that decay, tied by one latent variable. */
export interface Linear {
  readonly decay: readonly number[];
  readonly loading: readonly number[];
  readonly noise: readonly number[];
}

export const tied: Linear = { decay: [0.9, 0.5], loading: [0.6, 0.8], noise: [0.5, 0.4] };
export const single: Linear = { decay: [0.9], loading: [0.6], noise: [0.8] };

export const columnsOf = ({ decay }: Linear): Column[] => decay.map((_, d) => plainColumn(`x${d + 1}`));

export const shift: ConditionColumn = { ...plainColumn("shift"), role: "covariate" };

/** The process as a model whose posterior is exact, so that everything about it has a closed form. */
export function linearModel(process: Linear, conditions?: readonly ConditionColumn[]): LatentModel {
  const columns = columnsOf(process);
  const row = (values: readonly number[]) => constant(values, [values.length]);
  const emission = gaussian(columns);
  const { decay, loading, noise } = process;
  const precision = 1 + loading.reduce((all, a, d) => all + (a / noise[d]!) ** 2, 0);
  const rawScale = row(noise.map((scale) => inverseSoftplus(scale - DEVIATION_FLOOR)));
  /** What is expected without z, `[..., D]`. */
  const drift = ({ last }: State, { condition }: Tensors) => {
    const own = mul(last as Tensor, row(decay));
    return condition === undefined ? own : add(own, condition);
  };
  const like = ({ last }: State) => sum(last as Tensor, [-1], { keepDims: true }); // [..., 1]
  const latentNormal = (mean: Tensor, scale: number) =>
    normal(mean, filledLike(mean, inverseSoftplus(scale - 1e-4)));
  const meanOf = ({ state, z, given }: EmissionContext) =>
    add(drift(state, given), mul(z["z"] as Tensor, row(loading))); // [..., D]
  return {
    parameters: [{ name: "unused", shape: [1], initialise: () => {} }],
    width: decay.length,
    state: { last: [decay.length] },
    latents: [
      {
        name: "z",
        shape: [1],
        at: "step",
        prior: (_, { state }) => latentNormal(filledLike(like(state), 0), 1),
        posterior: (_, { state, x, given }) => {
          const base = drift(state, given);
          const gain = row(loading.map((a, d) => a / noise[d]! ** 2 / precision));
          const pull = mul(sub(x["x"] as Tensor, base), gain); // [..., D]
          return latentNormal(sum(pull, [-1], { keepDims: true }), Math.sqrt(1 / precision));
        },
      },
    ],
    emission,
    ...(conditions && { conditions }),
    dropoutSites: {},
    features: (_, { values, mask }) => ({ x: values, seen: mask }),
    given: (_, { condition }) => ({
      slices: condition === undefined ? {} : { condition: condition.values },
      fixed: {},
    }),
    emissionParameters: (_, context) => {
      const mean = meanOf(context);
      return concat([mean, expand(rawScale, mean.shape)]);
    },
    transition: (_, { x, ...context }) => ({
      last: where(greater(x["seen"] as Tensor, 0), x["x"] as Tensor, meanOf(context)),
    }),
  };
}

/** What tasks need to know of the model. */
export const settingsOf = (process: Linear, conditions?: readonly ConditionColumn[]) => ({
  runtime: nodeRuntime(),
  model: linearModel(process, conditions),
  weights: new Float32Array(1),
  columns: columnsOf(process),
  seed: 3,
});

/** A sequence that the process made. */
export function drawSequence({ decay, loading, noise }: Linear, length: number, seed: number): Sequence {
  const random = Random.stream(seed, "linear process");
  const width = decay.length;
  const values = new Float64Array(length * width);
  for (let t = 0; t < length; t++) {
    const z = random.normal();
    for (let d = 0; d < width; d++) {
      const last = t > 0 ? values[(t - 1) * width + d]! : 0;
      values[t * width + d] = decay[d]! * last + loading[d]! * z + noise[d]! * random.normal();
    }
  }
  return { name: `sequence ${seed}`, length, values };
}

/** The variance of a column that much later. */
export function varianceAfter({ decay, loading, noise }: Linear, d: number, steps: number): number {
  const step = loading[d]! ** 2 + noise[d]! ** 2;
  return (step * (1 - decay[d]! ** (2 * steps))) / (1 - decay[d]! ** 2);
}

export const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

export const varianceOf = (values: ArrayLike<number>): number => {
  const mean = meanOf(values);
  return meanOf(Array.from(values, (value) => (value - mean) ** 2));
};

/** Refuses what lies beyond five standard errors. */
export const within = (value: number, expected: number, error: number): boolean =>
  Math.abs(value - expected) < 5 * error;
