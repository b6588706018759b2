/** What a model expects of the next step, as a part of the graph that took the last one. */
import type { Column } from "../data/dataset.ts";
import { constant, input, mean, scalar, sort, type Tensor } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import type { TensorValue, Values } from "../runtime/runtime.ts";
import { conditionIn, type GraphContext, type Named } from "./graphs.ts";
import { unscaled } from "./lanes.ts";

/** What is expected of the next step, in the units of the data, `[D]` each. */
export interface StepForecast {
  /** The expected value: of a binary column the probability of 1, of a categorical one the index of the likeliest level. */
  readonly mean: Float64Array;
  /** The quantiles between which four of five values fall; NaN for categorical columns. Absent where only the mean is forecast. */
  readonly low?: Float64Array;
  readonly high?: Float64Array;
}

/** The shares of values below the interval's ends. */
const INTERVAL = [0.1, 0.9] as const;

/**
 * A forecast from many draws of the latent variables and of the values. Inputs: `forecast.noise` `[S, Z]`,
 * `forecast.uniform`, `forecast.normal` `[S, ·]`, `condition.upcoming` of a model with conditions. Outputs, scaled as
 * in a batch: `forecast.mean` `[D]`, `forecast.draws` `[S, D]`, each column in ascending order.
 *
 * @param state after the step, `[1, size]` each
 * @param draws S
 */
export function forecastInterval(context: GraphContext, state: State, draws: number): Named {
  const { model } = context;
  const draw = (name: string, width: number) => input(`forecast.${name}`, [draws, width]);
  const { x, expected } = imagined(context, state, {
    noise: draw("noise", model.latentSize), // [S, Z]
    uniform: draw("uniform", model.emission.uniforms),
    normal: draw("normal", model.emission.normals),
  });
  return { "forecast.mean": mean(expected, [0]), "forecast.draws": sort(x, 0) };
}

/** The quick way: `forecast.mean` `[D]`, the expected values given the mean of the latent variables alone. */
export function forecastMean(context: GraphContext, state: State): Named {
  const { model } = context;
  const zeros = (width: number) => constant(Array<number>(width).fill(0), [1, width]);
  const { expected } = imagined(context, state, {
    noise: zeros(model.latentSize),
    uniform: zeros(model.emission.uniforms), // a mean needs no draws
    normal: zeros(model.emission.normals),
  });
  return { "forecast.mean": mean(expected, [0]) };
}

type Draws = Readonly<Record<"noise" | "uniform" | "normal", Tensor>>;

/**
 * The next step, imagined as often as there are draws, from one state. The state stays one row, which broadcasts: what
 * depends on it alone is computed once for all draws.
 */
function imagined({ model, weights }: GraphContext, state: State, draws: Draws) {
  const { condition } = conditionIn(model, "condition.upcoming", [1]);
  const upcoming = condition && { condition };
  return model.imagine(weights, state, { ...draws, temperature: scalar(1), ...upcoming }).outputs;
}

/** Reads a forecast out of the outputs of a program; undefined where it makes none. */
export function forecastOf(outputs: Values, columns: readonly Column[]): StepForecast | undefined {
  const expected = outputs["forecast.mean"] as TensorValue<"float32"> | undefined;
  const draws = outputs["forecast.draws"] as TensorValue<"float32"> | undefined;
  if (expected === undefined) return undefined;
  const centre = columns.map(({ kind }, d) =>
    kind === "categorical" && draws !== undefined ? commonest(draws, d) : expected.data[d]!,
  );
  const inUnits = (values: readonly number[]) => unscaled(Float64Array.from(values), columns);
  if (draws === undefined) return { mean: inUnits(centre) };
  const end = (share: number) =>
    inUnits(columns.map(({ kind }, d) => (kind === "categorical" ? Number.NaN : quantile(draws, d, share))));
  return { mean: inUnits(centre), low: end(INTERVAL[0]), high: end(INTERVAL[1]) };
}

/**
 * The value of a column that a share of all values is below. Between the k-th of S draws in ascending order and the next
 * one, as on average k/(S + 1) of all values lie below the k-th.
 */
function quantile({ data, shape }: TensorValue<"float32">, d: number, share: number): number {
  const [draws, width] = shape as [number, number];
  const rank = Math.min(Math.max(share * (draws + 1) - 1, 0), draws - 1);
  const below = Math.floor(rank);
  const from = data[below * width + d]!;
  return from + (rank - below) * (data[Math.ceil(rank) * width + d]! - from);
}

/** The value that most draws of a column have, which are in ascending order. */
function commonest({ data, shape }: TensorValue<"float32">, d: number): number {
  const [draws, width] = shape as [number, number];
  let [best, longest, run] = [data[d]!, 0, 0];
  for (let s = 0; s < draws; s++) {
    const value = data[s * width + d]!;
    run = s > 0 && value === data[(s - 1) * width + d] ? run + 1 : 1;
    if (run > longest) [best, longest] = [value, run];
  }
  return best;
}
