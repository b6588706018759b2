/**
 * What a trained model can do, as graphs that take and give values in the units of the data: the scaling, the mask of
 * missing values and the way back are inside. They are what is exported, and what runs on live data. A model whose sequences
 * have units of their own is refused (`model/units`).
 */

import type { Column } from "../data/dataset.ts";
import { cast, type Dim, input, type Shape, sub, sum, type Tensor } from "../graph/index.ts";
import { generate, generationInputs } from "../models/generate.ts";
import { type Known, type Model, noiseWidth, type Observed } from "../models/model.ts";
import { takeOnce } from "../models/once.ts";
import { requireColumnUnits } from "../models/requirements.ts";
import { stateInputs, statesAfter } from "../models/state.ts";
import type { StepResult } from "../models/step.ts";
import { toDataUnits, toGrids, toModelUnits } from "../models/units.ts";
import { declaredInputs, unroll } from "../models/unroll.ts";
import { CONDITION } from "../names.ts";
import type { State } from "../nn/cells.ts";
import type { Weights } from "../nn/parameters.ts";

/** A model with its weights as a graph sees them, and the columns of its data. */
export interface GraphContext {
  readonly model: Model;
  readonly weights: Weights;
  readonly columns: readonly Column[];
}

/** @throws VrnnError `model/units` for a model whose sequences have units of their own, which neither graphs nor live streams take yet. */
export const refuseOwnUnits = (model: Model): void =>
  requireColumnUnits(
    model,
    "neither live streams nor exported graphs are told how",
    "use whole sequences (score, forecast, impute ...), or train with one scale for all, without --scale-series",
  );

/** Tensors by the names that a program gives them. */
export type Named = Readonly<Record<string, Tensor>>;

/** Outputs, and the state after the last step. */
export interface UnitGraph {
  readonly outputs: Named;
  readonly state: State;
}

/**
 * How likely each step of sequences is. Inputs: `x` float64 `[T, B, D]`, `noise` `[T, B, ·]`, `condition` of a model
 * with conditions, `state.<part>` `[B, size]`. Outputs: `total` `[T, B]`, `log_likelihood` `[T, B, D]`, `kl` `[T, B]`,
 * `expected` `[T, B, D]`.
 */
export function scoreGraph(context: GraphContext): UnitGraph {
  const { state, ...result } = unrolledSequences(context);
  return { outputs: scored(result, context.columns), state };
}

/** The posterior of the latent variables of sequences: inputs as of `scoreGraph`; `latent`, `latent_scale` `[T, B, Z]`. */
export function encodeGraph(context: GraphContext): UnitGraph {
  const { state, ...result } = unrolledSequences(context);
  return { outputs: encoded(result), state };
}

/**
 * One step of `scoreGraph` and `encodeGraph` at once, without a loop: the same inputs and outputs less the axis of time.
 *
 * @param rows how many sequences side by side; any number unless told
 */
export function stepGraph({ model, weights, columns }: GraphContext, rows: Dim = "B"): UnitGraph {
  refuseOwnUnits(model);
  const inputs = { ...dataInputs(model, columns, [rows]), state: stateInputs(model, [rows]) };
  const { state, outputs } = takeOnce(model, weights, inputs);
  return { outputs: { ...scored(outputs, columns), ...encoded(outputs) }, state };
}

/**
 * Sequences that the model makes up. Inputs: what `generationInputs` declares, `condition` in the units of the data.
 * Output: `x` float64 `[T, B, D]`, as it would have been recorded.
 */
export function sampleGraph({ model, weights, columns }: GraphContext): UnitGraph {
  refuseOwnUnits(model);
  const inputs = generationInputs(model);
  const known = { ...inputs.known, ...conditionIn(model, CONDITION, ["T", "B"]) };
  const { x, state } = generate(model, weights, { ...inputs, known });
  return { outputs: { x: toGrids(toDataUnits(x, columns), columns) }, state };
}

/** Outputs of a graph with its states under the names of their inputs and `.next`. */
export const withStates = ({ outputs, state }: UnitGraph): Named => ({
  ...outputs,
  ...statesAfter(state),
});

/** The condition of a model that has one, from an input float64 `[...lead, C]`. */
export function conditionIn({ conditions = [] }: Model, name: string, lead: Shape): { condition?: Observed } {
  if (conditions.length === 0) return {};
  return { condition: toModelUnits(input(name, [...lead, conditions.length], "float64"), conditions) };
}

function unrolledSequences({ model, weights, columns }: GraphContext) {
  refuseOwnUnits(model);
  const { observed, ...rest } = dataInputs(model, columns, ["T", "B"]);
  const inputs = { ...rest, x: observed.values, mask: observed.mask, state: stateInputs(model), dropout: {} };
  return unroll(model, weights, inputs);
}

interface DataInputs {
  readonly observed: Observed;
  readonly noise: Tensor;
  readonly known: Known;
}

function dataInputs(model: Model, columns: readonly Column[], lead: Shape): DataInputs {
  const x = input("x", [...lead, columns.length], "float64");
  return {
    observed: toModelUnits(x, columns),
    noise: input("noise", [...lead, noiseWidth(model)]),
    known: { ...conditionIn(model, CONDITION, lead), inputs: declaredInputs(model.inputs) },
  };
}

/** Sums in float64, in which the parts may be large and cancel. */
function scored(
  { logLikelihood, kl: perDimension, emissionMean }: StepResult,
  columns: readonly Column[],
): Named {
  const nats = cast(logLikelihood, "float64"); // [..., D]
  const kl = sum(cast(perDimension, "float64"), [-1]); // [...]
  return {
    total: sub(sum(nats, [-1]), kl),
    log_likelihood: nats,
    kl,
    expected: toDataUnits(emissionMean, columns),
  };
}

const encoded = ({ latent, latentScale }: StepResult): Named => ({ latent, latent_scale: latentScale });
