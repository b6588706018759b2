/**
 * What a trained model can do, as graphs that take and give values in the units of the data: the scaling, the mask of
 * missing values and the way back are inside. They are what is exported, and what runs on live data.
 */
import type { Column } from "../data/dataset.ts";
import { cast, type Dim, input, type Shape, sub, sum, type Tensor } from "../graph/index.ts";
import {
  type Condition,
  imaginationInputs,
  imagine,
  type Judgement,
  judge,
  type Observation,
  type SequenceModel,
  stateInputs,
  statesAfter,
} from "../models/sequence.ts";
import { onGrid, toDataUnits, toModelUnits } from "../models/units.ts";
import type { State } from "../nn/cells.ts";
import type { Weights } from "../nn/parameters.ts";

/** A model with its weights as a graph sees them, and the columns of its data. */
export interface GraphContext {
  readonly model: SequenceModel;
  readonly weights: Weights;
  readonly columns: readonly Column[];
}

/** Tensors by the names that a program gives them. */
export type Named = Readonly<Record<string, Tensor>>;

/** Outputs, and the state after the last step. */
export interface UnitGraph {
  readonly outputs: Named;
  readonly state: State;
}

/**
 * How likely each step of sequences is. Inputs: `x` float64 `[T, B, D]`, `noise` `[T, B, Z]`, `condition` of a model
 * with conditions, `state.<part>` `[B, size]`. Outputs: `total` `[T, B]`, `log_likelihood` `[T, B, D]`, `kl` `[T, B]`,
 * `expected` `[T, B, D]`.
 */
export function scoreGraph(context: GraphContext): UnitGraph {
  const { state, ...judgement } = judgedSequences(context);
  return { outputs: scored(judgement, context.columns), state };
}

/** The posterior of the latent variables of sequences: inputs as of `scoreGraph`; `latent`, `latent_scale` `[T, B, Z]`. */
export function encodeGraph(context: GraphContext): UnitGraph {
  const { state, ...judgement } = judgedSequences(context);
  return { outputs: encoded(judgement), state };
}

/**
 * One step of `scoreGraph` and `encodeGraph` at once, without a loop: the same inputs and outputs less the axis of time.
 *
 * @param lanes how many sequences side by side; any number unless told
 */
export function stepGraph({ model, weights, columns }: GraphContext, lanes: Dim = "B"): UnitGraph {
  const { state, outputs } = model.observe(
    weights,
    stateInputs(model, lanes),
    observed(model, columns, [lanes]),
    (_, values) => values,
  );
  return { outputs: { ...scored(outputs, columns), ...encoded(outputs) }, state };
}

/**
 * Sequences that the model makes up. Inputs: what `imaginationInputs` declares, `condition` in the units of the data.
 * Output: `x` float64 `[T, B, D]`, as it would have been recorded.
 */
export function sampleGraph({ model, weights, columns }: GraphContext): UnitGraph {
  const inputs = { ...imaginationInputs(model), ...conditionIn(model, "condition", ["T", "B"]) };
  const { x, state } = imagine(model, weights, inputs);
  return { outputs: { x: onGrid(toDataUnits(x, columns), columns) }, state };
}

/** Outputs of a graph with its states under the names of their inputs and `.next`. */
export const withStates = ({ outputs, state }: UnitGraph): Named => ({
  ...outputs,
  ...statesAfter(state),
});

/** The condition of a model that has one, from an input float64 `[...lead, C]`. */
export function conditionIn(
  { conditions = [] }: SequenceModel,
  name: string,
  lead: Shape,
): { condition?: Condition } {
  if (conditions.length === 0) return {};
  return { condition: toModelUnits(input(name, [...lead, conditions.length], "float64"), conditions) };
}

function judgedSequences({ model, weights, columns }: GraphContext) {
  const inputs = observed(model, columns, ["T", "B"]);
  return judge(model, weights, { ...inputs, state: stateInputs(model), dropout: {} });
}

function observed(model: SequenceModel, columns: readonly Column[], lead: Shape): Observation {
  const x = input("x", [...lead, columns.length], "float64");
  const { values, mask } = toModelUnits(x, columns);
  const noise = input("noise", [...lead, model.latentSize]);
  return { x: values, mask, noise, ...conditionIn(model, "condition", lead) };
}

/** Sums in float64, in which the parts may be large and cancel. */
function scored({ logLikelihood, divergence, expected }: Judgement, columns: readonly Column[]): Named {
  const nats = cast(logLikelihood, "float64"); // [..., D]
  const kl = sum(cast(divergence, "float64"), [-1]); // [...]
  return {
    total: sub(sum(nats, [-1]), kl),
    log_likelihood: nats,
    kl,
    expected: toDataUnits(expected, columns),
  };
}

const encoded = ({ latent, latentScale }: Judgement): Named => ({ latent, latent_scale: latentScale });
