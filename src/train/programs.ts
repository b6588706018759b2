/** The graphs that training runs: a step (bound, gradients and update in one) and the bound alone. */
import { gradients } from "../autodiff/gradients.ts";
import { type Elbo, elbo } from "../bounds/elbo.ts";
import { add, concat, input, reshape, scalar, type Tensor } from "../graph/index.ts";
import { judge, type SequenceModel, sequenceInputs } from "../models/sequence.ts";
import { countOf, sizeOf, type Weights } from "../nn/parameters.ts";
import { lower, type Program } from "../onnx/lower.ts";
import { finish, optimise } from "../passes/optimise.ts";
import { globalNorm, type Transformation } from "./optimisers.ts";
import { unpackWeights } from "./weights.ts";

export interface StepOptions {
  readonly columns: number;
  /** Parts of the batch that are computed side by side. */
  readonly shards: number;
  readonly dropout: boolean;
  readonly freeBits: number;
}

export const shardSuffix = (shard: number): string => `.${shard}`;

type Named = Record<string, Tensor>;

interface Bound {
  readonly bound: Elbo;
  /** The state after the last step of each shard, `state.<part>.<shard>`. */
  readonly states: Named;
}

function boundOf(model: SequenceModel, weights: Weights, weight: Tensor, options: StepOptions): Bound {
  const shards = Array.from({ length: options.shards }, (_, shard) => {
    const suffix = shardSuffix(shard);
    const inputs = sequenceInputs(model, { columns: options.columns, dropout: options.dropout, suffix });
    return { suffix, mask: inputs.mask, judgement: judge(model, weights, inputs) };
  });
  const states = shards.flatMap(({ suffix, judgement }) =>
    Object.entries(judgement.state).map(([part, value]) => [`state.${part}${suffix}.next`, value] as const),
  );
  return { bound: elbo(shards, { divergenceWeight: weight, freeBits: options.freeBits }), states: Object.fromEntries(states) };
}

/**
 * One training step. Inputs: `parameters` `[P]`, `optimiser.<name>`, `learningRate`, `divergenceWeight`, and per shard
 * what `sequenceInputs` declares. Outputs: `loss`, `logLikelihood`, `divergence`, `steps`, `gradientNorm`,
 * `parameters.next`, `optimiser.<name>.next`, `state.<part>.<shard>.next`.
 */
export function stepProgram(model: SequenceModel, optimiser: Transformation, options: StepOptions): Program {
  const { outputs, gradient, parameters } = differentiated(model, options);
  const size = countOf(model.parameters);
  const state = mapKinds(optimiser, (name, kind) => input(`optimiser.${name}`, kind === "vector" ? [size] : []));
  const context = { parameters, learningRate: input("learningRate", []), decays: () => input("decays", [size]) };
  const { update, state: after } = optimiser.update(gradient, state, context);
  return compile({
    ...outputs,
    gradientNorm: globalNorm(gradient),
    "parameters.next": add(parameters, update),
    ...Object.fromEntries(Object.entries(after).map(([name, value]) => [`optimiser.${name}.next`, value])),
  });
}

/** The loss and the gradient `[P]` alone, to look for what went wrong, and to compare with other frameworks. */
export function gradientProgram(model: SequenceModel, options: StepOptions): Program {
  const { outputs, gradient } = differentiated(model, options);
  return compile({ ...outputs, gradient });
}

/** The bound without gradients: `logLikelihood`, `divergence`, `steps`, and the states. */
export function boundProgram(model: SequenceModel, options: StepOptions): Program {
  const flat = input("parameters", [countOf(model.parameters)]);
  const { bound, states } = boundOf(model, unpackWeights(model.parameters, flat).weights, scalar(1), options);
  const { logLikelihood, divergence, steps } = bound;
  return compile({ logLikelihood, divergence, steps, ...states });
}

function differentiated(model: SequenceModel, options: StepOptions) {
  const flat = input("parameters", [countOf(model.parameters)]);
  const unpacked = unpackWeights(model.parameters, flat);
  const { bound, states } = boundOf(model, unpacked.weights, input("divergenceWeight", []), options);
  const values: Named = { loss: bound.loss, logLikelihood: bound.logLikelihood, divergence: bound.divergence, steps: bound.steps, ...states };
  const names = Object.keys(values);
  // Optimised before it is differentiated: what has left the loop needs no place in the reverse loop.
  const optimised = optimise([...Object.values(values), ...unpacked.tensors]);
  const outputs: Named = Object.fromEntries(names.map((name, i) => [name, optimised[i] as Tensor]));
  const slopes = gradients(outputs["loss"] as Tensor, optimised.slice(names.length));
  const gradient = concat(slopes.map((slope, i) => reshape(slope, [sizeOf(model.parameters[i] as { shape: readonly number[] })])));
  return { outputs, gradient, parameters: flat };
}

const mapKinds = (optimiser: Transformation, make: (name: string, kind: "vector" | "scalar") => Tensor): Named =>
  Object.fromEntries(Object.entries(optimiser.state).map(([name, kind]) => [name, make(name, kind)]));

export function compile(outputs: Named): Program {
  const names = Object.keys(outputs);
  const finished = finish(Object.values(outputs));
  return lower(Object.fromEntries(names.map((name, i) => [name, finished[i] as Tensor])));
}

/** All that a model says of sequences: each part of a judgement `[T, B, ·]`, and the states after the last step. */
export function judgementProgram(model: SequenceModel, columns: number): Program {
  const flat = input("parameters", [countOf(model.parameters)]);
  const inputs = sequenceInputs(model, { columns });
  const { state, ...judgement } = judge(model, unpackWeights(model.parameters, flat).weights, inputs);
  const states = Object.entries(state).map(([part, value]) => [`state.${part}.next`, value] as const);
  return compile({ ...judgement, ...Object.fromEntries(states) });
}
