import type { Column, ConditionColumn, Sequence } from "../../src/data/dataset.ts";
import {
  gaussian,
  inverseSoftplus,
  normalDivergence,
  normalLogDensity,
} from "../../src/distributions/gaussian.ts";
import { DEVIATION_FLOOR } from "../../src/distributions/resolution.ts";
import {
  add,
  concat,
  constant,
  expand,
  filledLike,
  greater,
  max,
  mul,
  sub,
  sum,
  type Tensor,
  where,
} from "../../src/graph/index.ts";
import type { Judgement, SequenceModel } from "../../src/models/sequence.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";

/** x_d ← φ_d·x_d + a_d·z + c + σ_d·ε_d with z and ε standard normal: columns that decay, tied by one latent variable. */
export interface Linear {
  readonly decay: readonly number[];
  readonly loading: readonly number[];
  readonly noise: readonly number[];
}

export const tied: Linear = { decay: [0.9, 0.5], loading: [0.6, 0.8], noise: [0.5, 0.4] };
export const single: Linear = { decay: [0.9], loading: [0.6], noise: [0.8] };

const columnOf = (name: string): Column => ({
  name,
  kind: "real",
  levels: [],
  resolution: 0,
  mean: 0,
  deviation: 1,
  minimum: -1,
  maximum: 1,
  missing: 0,
  shares: [],
});

export const columnsOf = ({ decay }: Linear): Column[] => decay.map((_, d) => columnOf(`x${d + 1}`));

export const shift: ConditionColumn = { ...columnOf("shift"), role: "covariate" };

/** The process as a model whose posterior is exact, so that everything about it has a closed form. */
export function linearModel(process: Linear, conditions?: readonly ConditionColumn[]): SequenceModel {
  const columns = columnsOf(process);
  const row = (values: readonly number[]) => constant(values, [values.length]);
  const emission = gaussian(columns);
  const { decay, loading, noise } = process;
  const precision = 1 + loading.reduce((all, a, d) => all + (a / noise[d]!) ** 2, 0);
  const rawScale = row(noise.map((scale) => inverseSoftplus(scale - DEVIATION_FLOOR)));
  /** What is expected without z. */
  const drift = (last: Tensor, condition: Tensor | undefined) => {
    const own = mul(last, row(decay)); // [B, D]
    return condition === undefined ? own : add(own, condition);
  };
  const rawOf = (base: Tensor, z: Tensor) => {
    const mean = add(base, mul(z, row(loading))); // [B, D]
    return concat([mean, expand(rawScale, mean.shape)]);
  };
  return {
    parameters: [{ name: "unused", shape: [1], initialise: () => {} }],
    stateSizes: { last: decay.length },
    latentSize: 1,
    emission,
    ...(conditions && { conditions }),
    dropoutSites: {},
    observe: (_, { last }, { x, mask, noise: draw, condition }) => {
      const present = greater(mask, 0);
      const any = greater(max(mask, [-1], { keepDims: true }), 0); // [B, 1]
      const base = drift(last as Tensor, condition?.values);
      const pull = mul(sub(x, base), row(loading.map((a, d) => a / noise[d]! ** 2 / precision))); // [B, D]
      const zero = filledLike(draw, 0);
      const mean = where(any, sum(pull, [-1], { keepDims: true }), zero); // [B, 1]
      const scale = where(any, filledLike(draw, Math.sqrt(1 / precision)), filledLike(draw, 1));
      const z = add(mean, mul(scale, draw));
      const raw = rawOf(base, z);
      const one = filledLike(draw, 1);
      const outputs: Judgement = {
        logLikelihood: where(present, emission.logProbability(raw, x, present), 0),
        divergence: normalDivergence(mean, scale, zero, one),
        logRatio: sub(normalLogDensity(z, zero, one), normalLogDensity(z, mean, scale)),
        latent: mean,
        latentScale: scale,
        expected: emission.mean(raw),
        raw,
      };
      return { state: { last: where(present, x, emission.mean(raw)) }, outputs };
    },
    imagine: (_, { last }, { noise: draw, temperature, condition, ...draws }) => {
      const raw = rawOf(drift(last as Tensor, condition?.values), mul(draw, temperature));
      const x = emission.sample(raw, draws, temperature);
      return { state: { last: x }, outputs: { x, expected: emission.mean(raw) } };
    },
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
