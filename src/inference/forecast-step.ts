/** What a model expects of the next step, as a part of the graph that took the last one. */

import { everyNth } from "../collections.ts";
import type { Column } from "../data/dataset.ts";
import { constant, input, mean, scalar, type Tensor } from "../graph/index.ts";
import { sampleQuantile } from "../metrics/quantiles.ts";
import { drawWidths } from "../models/generate.ts";
import { generateOnce } from "../models/once.ts";
import { declaredInputs } from "../models/unroll.ts";
import { forecastNames, UPCOMING } from "../names.ts";
import type { State } from "../nn/cells.ts";
import type { TensorValue, Values } from "../runtime/runtime.ts";
import { conditionIn, type GraphContext, type Named } from "./graphs.ts";
import { unscaled } from "./rows.ts";

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
 * in a batch: `forecast.mean` `[D]`, `forecast.draws` `[S, D]`.
 *
 * @param state after the step, `[1, size]` each
 * @param draws S
 */
export function forecastInterval(context: GraphContext, state: State, draws: number): Named {
  const { model } = context;
  const draw = (name: string, width: number) => input(forecastNames.of(name), [draws, width]);
  const widths = drawWidths(model);
  const { x, emissionMean } = generated(context, state, {
    noise: draw("noise", widths.noise), // [S, Z]
    uniform: draw("uniform", widths.uniform),
    normal: draw("normal", widths.normal),
  });
  return forecastNames.give({ mean: mean(emissionMean, [0]), draws: x });
}

/** The quick way: `forecast.mean` `[D]`, the expected values given the mean of the latent variables alone. */
export function forecastMean(context: GraphContext, state: State): Named {
  const zeros = (width: number) => constant(Array<number>(width).fill(0), [1, width]);
  const { noise, uniform, normal } = drawWidths(context.model); // a mean needs no draws
  const draws = { noise: zeros(noise), uniform: zeros(uniform), normal: zeros(normal) };
  return forecastNames.give({ mean: mean(generated(context, state, draws).emissionMean, [0]) });
}

type Draws = Readonly<Record<"noise" | "uniform" | "normal", Tensor>>;

/**
 * The next step, generated as often as there are draws, from one state. The state stays one row, which broadcasts: what
 * depends on it alone is computed once for all draws.
 */
function generated({ model, weights }: GraphContext, state: State, draws: Draws) {
  const known = { ...conditionIn(model, UPCOMING, [1]), inputs: declaredInputs(model.inputs) };
  return generateOnce(model, weights, { ...draws, temperature: scalar(1), known, state }).outputs;
}

/** Reads a forecast out of the outputs of a program; undefined where it makes none. */
export function forecastOf(outputs: Values, columns: readonly Column[]): StepForecast | undefined {
  const { mean: expected, draws } = forecastNames.take(
    outputs as Readonly<Record<string, TensorValue<"float32">>>,
  );
  if (expected === undefined) return undefined;
  if (draws === undefined) return { mean: unscaled(Float64Array.from(expected.data), columns) };
  return forecastFrom(expected.data, draws.data, columns);
}

/**
 * A forecast put together from draws, all as in a batch.
 *
 * @param expected `[D]`: the mean of what is expected given the latent variables @param draws `[S, D]`
 */
export function forecastFrom(
  expected: ArrayLike<number>,
  draws: ArrayLike<number>,
  columns: readonly Column[],
): Required<StepForecast> {
  const inUnits = (values: readonly number[]) => unscaled(Float64Array.from(values), columns);
  const sorted = columns.map((_, d) => everyNth(draws, d, columns.length).sort());
  const centre = columns.map(({ kind }, d) =>
    kind === "categorical" ? commonest(sorted[d]!) : expected[d]!,
  );
  const end = (level: number) =>
    inUnits(
      columns.map(({ kind }, d) => (kind === "categorical" ? Number.NaN : sampleQuantile(sorted[d]!, level))),
    );
  return { mean: inUnits(centre), low: end(INTERVAL[0]), high: end(INTERVAL[1]) };
}

/** The value that most of some sorted draws have. */
function commonest(sorted: Float64Array): number {
  let [best, longest, run] = [sorted[0]!, 0, 0];
  sorted.forEach((value, i) => {
    run = value === sorted[i - 1] ? run + 1 : 1;
    if (run > longest) [best, longest] = [value, run];
  });
  return best;
}
