/** The graphs that training and evaluation run. */
import { gradients } from "../autodiff/gradients.ts";
import { elbo } from "../bounds/elbo.ts";
import { add, addAll, concat, input, reshape, scalar, type Tensor } from "../graph/index.ts";
import type { Model } from "../models/model.ts";
import { statesAfter } from "../models/state.ts";
import type { StepResult } from "../models/step.ts";
import { type SequenceInputs, sequenceInputs, type Unrolled, unroll } from "../models/unroll.ts";
import { countOf, type Parameter, sizeOf } from "../nn/parameters.ts";
import { type LowerOptions, lower, type Program } from "../onnx/lower.ts";
import { finish, optimise } from "../passes/optimise.ts";
import { globalNorm, type Transformation } from "./optimisers.ts";
import { unpackWeights } from "./weights.ts";

export interface GradientOptions {
  readonly dropout: boolean;
  readonly freeBits: number;
}

type Named = Readonly<Record<string, Tensor>>;

interface UnrolledSequences {
  readonly inputs: SequenceInputs;
  readonly unrolled: Unrolled;
  /** Every parameter of the model, cut out of the input `parameters` `[P]`. */
  readonly tensors: readonly Tensor[];
}

function unrollInputs(model: Model, dropout: boolean): UnrolledSequences {
  const { weights, tensors } = unpackWeights(
    model.parameters,
    input("parameters", [countOf(model.parameters)]),
  );
  const inputs = sequenceInputs(model, { dropout });
  return { inputs, unrolled: unroll(model, weights, inputs), tensors };
}

/**
 * The loss and its gradient for one shard of a batch. Inputs: `parameters` `[P]`, `divergenceWeight`, `count` (the steps
 * of the whole batch) and what `sequenceInputs` declares. Outputs: `loss`, `logLikelihood`, `divergence`, `gradient`
 * `[P]` and `state.<part>.next`.
 */
export function gradientProgram(model: Model, { dropout, freeBits }: GradientOptions): Program {
  const { inputs, unrolled, tensors } = unrollInputs(model, dropout);
  const weighting = { divergenceWeight: input("divergenceWeight", []), count: input("count", []), freeBits };
  const values: Named = { ...elbo(unrolled, inputs.mask, weighting), ...statesAfter(unrolled.state) };
  const names = Object.keys(values);
  // Optimised before it is differentiated: what has left the loop needs no place in the reverse loop.
  const optimised = optimise([...Object.values(values), ...tensors]);
  const outputs: Named = Object.fromEntries(names.map((name, i) => [name, optimised[i] as Tensor]));
  const slopes = gradients(outputs["loss"] as Tensor, optimised.slice(names.length));
  return compile({ ...outputs, gradient: packed(slopes, model.parameters) });
}

const packed = (tensors: readonly Tensor[], parameters: readonly Parameter[]): Tensor =>
  concat(tensors.map((tensor, i) => reshape(tensor, [sizeOf(parameters[i] as Parameter)])));

/**
 * The optimiser's update. Inputs: `gradient.<shard>` `[P]`, which are added up, `parameters`, `optimiser.<name>`,
 * `learningRate`. Outputs: `gradientNorm`, `parameters.next`, `optimiser.<name>.next`.
 */
export function updateProgram(size: number, optimiser: Transformation, shards: number): Program {
  const gradient = addAll(Array.from({ length: shards }, (_, shard) => input(`gradient.${shard}`, [size])));
  const parameters = input("parameters", [size]);
  const state = Object.fromEntries(
    Object.entries(optimiser.state).map(([name, kind]) => [
      name,
      input(`optimiser.${name}`, kind === "vector" ? [size] : []),
    ]),
  );
  const context = {
    parameters,
    learningRate: input("learningRate", []),
    decays: () => input("decays", [size]),
  };
  const { update, state: after } = optimiser.update(gradient, state, context);
  return compile({
    gradientNorm: globalNorm(gradient),
    "parameters.next": add(parameters, update),
    ...Object.fromEntries(Object.entries(after).map(([name, value]) => [`optimiser.${name}.next`, value])),
  });
}

/** The bound without gradients: `logLikelihood`, `divergence` and the states. */
export function boundProgram(model: Model): Program {
  const { inputs, unrolled } = unrollInputs(model, false);
  const { logLikelihood, divergence } = elbo(unrolled, inputs.mask, {
    divergenceWeight: scalar(1),
    count: scalar(1),
    freeBits: 0,
  });
  return compile({ logLikelihood, divergence, ...statesAfter(unrolled.state) });
}

/** Some parts of what a model says of sequences, `[T, B, ·]`, and the states after the last step. */
export function unrollProgram(model: Model, parts: readonly (keyof StepResult)[]): Program {
  const { unrolled } = unrollInputs(model, false);
  const wanted = Object.fromEntries(parts.map((part) => [part, unrolled[part]]));
  return compile({ ...wanted, ...statesAfter(unrolled.state) });
}

/** Optimises and lowers. */
export const compile = (outputs: Named, options: LowerOptions = {}): Program =>
  lower(finishNamed(outputs), options);

/** The last form of outputs before they are lowered, by the same names. */
export function finishNamed(outputs: Named): Named {
  const finished = finish(Object.values(outputs));
  return Object.fromEntries(Object.keys(outputs).map((name, i) => [name, finished[i] as Tensor]));
}
