/** The graphs that training and evaluation run. */

import { gradients } from "../autodiff/gradients.ts";
import { paired } from "../collections.ts";
import { add, addAll, concat, div, input, logSoftmax, mul, reshape, type Tensor } from "../graph/index.ts";
import type { Model } from "../models/model.ts";
import { particleInputs, unrollParticles } from "../models/particle-unroll.ts";
import { statesAfter } from "../models/state.ts";
import type { StepResult } from "../models/step.ts";
import { declaredInputs, sequenceInputs, unroll } from "../models/unroll.ts";
import {
  countNames,
  gradientNames,
  nextNames,
  optimiserNames,
  runningNames,
  runningSumNames,
} from "../names.ts";
import { plainNet } from "../nn/net.ts";
import { countOf, type Parameter, sizeOf } from "../nn/parameters.ts";
import { plainElbo } from "../objectives/elbo.ts";
import type { Fed, Objective, RunningMean, Term, Terms, Trace } from "../objectives/objective.ts";
import { type LowerOptions, lower, type Program } from "../onnx/lower.ts";
import { finish, optimise, type Pass } from "../passes/optimise.ts";
import { globalNorm, type Transformation } from "./optimisers.ts";
import { unpackWeights } from "./weights.ts";

type Named = Readonly<Record<string, Tensor>>;

/** How a loss is computed. */
export interface LossOptions {
  readonly dropout?: boolean;
}

/** How a loss is computed, and how its program is laid out. */
export interface ProgramOptions extends LossOptions {
  /** What suits the runtime, for the rows of a shard: `runtime.layoutFor?.({ B: 32 })`. As the graph is written, unless told. */
  readonly layout?: Pass | undefined;
}

/** The trace of sequences that an objective asks for, and every parameter, cut out of the input `parameters` `[P]`. */
function traced(model: Model, objective: Objective, { dropout = false }: LossOptions) {
  const { particles } = objective;
  const asked = declaredInputs(objective.inputs?.(model));
  const { weights, tensors } = unpackWeights(
    model.parameters,
    input("parameters", [countOf(model.parameters)]),
  );
  const net = plainNet(weights);
  if (particles === undefined) {
    const inputs = sequenceInputs(model, { dropout });
    const { mask } = inputs;
    const unrolled = unroll(model, weights, inputs);
    const logits = model.readout?.logits(net, unrolled.states, mask);
    const trace: Trace = { unrolled, mask, net, inputs: asked, ...(logits && { logits }) };
    return { trace, tensors };
  }
  const inputs = particleInputs(model, particles, { dropout });
  const unrolled = unrollParticles(model, weights, inputs, particles);
  const { bound, effectiveSize } = unrolled;
  const trace: Trace = { unrolled, bound, effectiveSize, mask: inputs.mask, net, inputs: asked };
  return { trace, tensors };
}

/** The inputs by which an objective is fed: scalars by their names, running means as `running.<name>`. */
const fedInputs = (model: Model, { running = {} }: Objective): Fed => ({
  scalar: (name) => input(name, []),
  running: (name) => input(runningNames.of(name), [(running[name] as RunningMean).width(model)]),
});

/** Figures by their names, and the sums that running means are made of as `running.<name>.sums`. */
const told = ({ figures, running = {} }: Pick<Terms, "figures" | "running">): Named => ({
  ...figures,
  ...runningSumNames.give(running),
});

/**
 * The loss and its gradient for one shard of a batch. Inputs: `parameters` `[P]`, the scalars of the objective,
 * `count.<name>` of the whole batch and what `sequenceInputs` or `particleInputs` declares. Outputs: `loss`, the
 * objective's figures, `gradient` `[P]` and `state.<part>.next`.
 */
export function gradientProgram(
  model: Model,
  objective: Objective,
  { layout, ...options }: ProgramOptions = {},
): Program {
  const { trace, tensors } = traced(model, objective, options);
  const terms = objective.terms(trace, fedInputs(model, objective));
  const values: Named = {
    loss: weightedMeans(terms.loss),
    ...told(terms),
    ...statesAfter(trace.unrolled.state),
  };
  const names = Object.keys(values);
  // Optimised before it is differentiated: what has left the loop needs no place in the reverse loop.
  const optimised = optimise([...Object.values(values), ...tensors]);
  const outputs: Named = Object.fromEntries(paired(names, optimised.slice(0, names.length)));
  const slopes = gradients(outputs["loss"] as Tensor, optimised.slice(names.length));
  return compile({ ...outputs, gradient: packed(slopes, model.parameters) }, { layout });
}

/** The means of terms, by their weights; of what counts nothing there is no gradient to compute. */
function weightedMeans(terms: readonly Term[]): Tensor {
  const means = terms
    .filter(({ weight }) => weight !== 0)
    .map(({ sum, per, weight = 1 }) =>
      div(weight === 1 ? sum : mul(sum, weight), input(countNames.of(per), [])),
    );
  return addAll(means);
}

const packed = (tensors: readonly Tensor[], parameters: readonly Parameter[]): Tensor =>
  concat(paired(tensors, parameters).map(([tensor, own]) => reshape(tensor, [sizeOf(own)])));

/**
 * The optimiser's update. Inputs: `gradient.<shard>` `[P]`, which are added up, `parameters`, `optimiser.<name>`,
 * `learningRate`. Outputs: `gradientNorm`, `parameters.next`, `optimiser.<name>.next`.
 */
export function updateProgram(size: number, optimiser: Transformation, shards: number): Program {
  const gradient = addAll(
    Array.from({ length: shards }, (_, shard) => input(gradientNames.of(shard), [size])),
  );
  const parameters = input("parameters", [size]);
  const state = Object.fromEntries(
    Object.entries(optimiser.state).map(([name, kind]) => [
      name,
      input(optimiserNames.of(name), kind === "vector" ? [size] : []),
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
    ...nextNames.give({ parameters: add(parameters, update), ...optimiserNames.give(after) }),
  });
}

/** The figures of an objective without gradients, and the states. Inputs as of `gradientProgram` less the counts. */
export function boundProgram(model: Model, objective: Objective): Program {
  const { trace } = traced(model, objective, {});
  const { figures } = objective.terms(trace, fedInputs(model, objective));
  return compile({ ...told({ figures }), ...statesAfter(trace.unrolled.state) });
}

/** What the readout of a model says of sequences, `logProb` of each level `[B, L]` or `[T, B, L]`, and the states. */
export function readoutProgram(model: Model): Program {
  const { logits, unrolled } = traced(model, plainElbo, {}).trace;
  return compile({ logProb: logSoftmax(logits as Tensor), ...statesAfter(unrolled.state) });
}

/** Some parts of what a model says of sequences, `[T, B, ·]`, and the states after the last step. */
export function unrollProgram(model: Model, parts: readonly (keyof StepResult)[]): Program {
  const { unrolled } = traced(model, plainElbo, {}).trace;
  const wanted = Object.fromEntries(parts.map((part) => [part, unrolled[part]]));
  return compile({ ...wanted, ...statesAfter(unrolled.state) });
}

/** What a program holds, and how it is laid out. */
export interface CompileOptions extends LowerOptions {
  /** See `ProgramOptions`. */
  readonly layout?: Pass | undefined;
}

/** Optimises and lowers. */
export const compile = (outputs: Named, { layout, ...options }: CompileOptions = {}): Program =>
  lower(finishNamed(outputs, layout), options);

/** The last form of outputs before they are lowered, by the same names. */
export function finishNamed(outputs: Named, layout?: Pass): Named {
  const finished = finish(Object.values(outputs), layout);
  return Object.fromEntries(paired(Object.keys(outputs), finished));
}
