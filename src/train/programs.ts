/** The graphs that training and evaluation run. */

import { gradients } from "../autodiff/gradients.ts";
import { paired } from "../collections.ts";
import {
  add,
  addAll,
  concat,
  type Dim,
  div,
  input,
  logSoftmax,
  mul,
  reshape,
  sum,
  type Tensor,
} from "../graph/index.ts";
import { isLatent, type Model } from "../models/model.ts";
import { particleInputs, unrollParticles } from "../models/particle-unroll.ts";
import { firstOf, sequenceDraws, statesAfter } from "../models/state.ts";
import type { StepResult } from "../models/step.ts";
import { declaredInputs, dropping, givenOf, sequenceInputs, unroll } from "../models/unroll.ts";
import {
  cotangentNames,
  countNames,
  GRADIENT_AFTER,
  gradientNames,
  nextNames,
  optimiserNames,
  runningNames,
  runningSumNames,
  stateNames,
  weightDropoutNames,
} from "../names.ts";
import type { State } from "../nn/cells.ts";
import { plainNet } from "../nn/net.ts";
import { countOf, type Parameter, sizeOf, type Weights } from "../nn/parameters.ts";
import { plainElbo } from "../objectives/elbo.ts";
import type { Fed, Objective, RunningMean, Term, Terms, Trace } from "../objectives/objective.ts";
import { type LowerOptions, lower, type Program } from "../onnx/lower.ts";
import { finish, optimise, type Pass } from "../passes/optimise.ts";
import { dropoutShares } from "./dropout.ts";
import { globalNorm, type Transformation } from "./optimisers.ts";
import type { TrainingOptions } from "./options.ts";
import { unpackWeights } from "./weights.ts";

type Named = Readonly<Record<string, Tensor>>;

/** How a loss is computed. */
export interface LossOptions {
  /** The sites where hidden values are dropped; none unless told. */
  readonly dropout?: readonly string[];
  /** Whether parts of the recurrent matrices are dropped. */
  readonly weightDropout?: boolean;
}

/** What of training changes how the loss is computed. */
export const lossOptions = (
  model: Model,
  { weightDropout, ...options }: Pick<TrainingOptions, "dropout" | "dropoutAt" | "weightDropout">,
): LossOptions => ({
  dropout: Object.keys(dropoutShares(model, options)),
  weightDropout: weightDropout > 0,
});

/** How a loss is computed, and how its program is laid out. */
export interface ProgramOptions extends LossOptions {
  /** What the runtime adds to all programs' passes, for the rows of a shard: `runtime.passesFor?.({ B: 32 })`. */
  readonly passes?: readonly Pass[] | undefined;
}

/** The trace of sequences that an objective asks for, and every parameter, cut out of the input `parameters` `[P]`. */
function traced(model: Model, objective: Objective, { dropout = [], weightDropout = false }: LossOptions) {
  const { particles } = objective;
  const asked = declaredInputs(objective.inputs?.(model));
  const { weights: whole, tensors } = unpackWeights(
    model.parameters,
    input("parameters", [countOf(model.parameters)]),
  );
  const weights = weightDropout ? droppedWeights(model, whole) : whole;
  const net = plainNet(weights);
  if (particles === undefined) {
    const inputs = sequenceInputs(model, { dropout });
    const { x: values, mask, state, dropout: masks, sourceDropout } = inputs;
    const unrolled = unroll(model, weights, inputs);
    const { states } = unrolled;
    const dropped = dropping(weights, { ...masks, ...sourceDropout });
    const told = (inputs: Parameters<typeof declaredInputs>[0]) => ({
      states,
      x: { values, mask },
      inputs: declaredInputs(inputs),
    });
    const logits = model.readout?.logits(dropped, told(model.readout.inputs));
    const symbols = model.transcriber?.read(dropped, told(model.transcriber.inputs)).told;
    const bag = model.bagOfWords?.(net, drawnOf(model, states));
    const trace: Trace = {
      ...{ unrolled, x: values, mask, net, inputs: asked },
      ...(logits && { logits }),
      ...(symbols && { symbols }),
      ...(bag && { bag }),
      ...(model.asides && { given: givenOf(model, weights, inputs).fixed }),
      ...(isLatent(model) &&
        model.zForcing && { forced: model.zForcing.logProb(net, states, unrolled.evidence) }),
    };
    return { trace, tensors, state };
  }
  const inputs = particleInputs(model, particles, { dropout });
  const unrolled = unrollParticles(model, weights, inputs, particles);
  const { bound, effectiveSize } = unrolled;
  const { x, mask } = inputs;
  const trace: Trace = { unrolled, bound, effectiveSize, x, mask, net, inputs: asked };
  return { trace, tensors, state: inputs.state };
}

/** The latent variables of whole sequences, `[B, Z]` by the names of their blocks. @param states `[T, B, ...]` */
const drawnOf = (model: Model, states: State): Named =>
  Object.fromEntries(Object.entries(sequenceDraws(model, states)).map(([name, z]) => [name, firstOf(z)]));

/** Weights of which the recurrent ones are kept in part, as `dropout.weight.<name>` says (DropConnect). */
function droppedWeights({ recurrentWeights = [] }: Model, whole: Weights): Weights {
  const kept = new Map(
    recurrentWeights.map((name) => {
      const weight = whole(name);
      return [name, mul(weight, input(weightDropoutNames.of(name), weight.shape))];
    }),
  );
  return (name) => kept.get(name) ?? whole(name);
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
  { passes, ...options }: ProgramOptions = {},
): Program {
  return compile(gradientGraph(model, objective, options), { passes });
}

/** The outputs of `gradientProgram` before they are laid out and lowered. */
export function gradientGraph(model: Model, objective: Objective, options: LossOptions = {}): Named {
  const { trace, tensors } = traced(model, objective, options);
  const terms = objective.terms(trace, fedInputs(model, objective));
  const values: Named = {
    loss: weightedMeans(terms.loss),
    ...told(terms),
    ...statesAfter(trace.unrolled.state),
  };
  const { outputs, slopes } = differentiated(values, (those) => those["loss"] as Tensor, tensors);
  // The gradient goes first, as ONNX Runtime computes what stands last first: loss and figures are then done with before
  // the reverse pass, and it may write over what they were made of (of a vocabulary's log-probabilities 250 MB).
  return { gradient: packed(slopes, model.parameters), ...outputs };
}

/**
 * The gradient program of a piece of a window, given how the loss of the pieces after it changes with the state that it
 * leaves. Inputs: those of `gradientProgram`, `cotangent.<part>` of the state after the piece, and `gradient.after` `[P]`.
 * Outputs: the same with `gradient.after` added to the gradient, and `cotangent.<part>.next` of the state before it.
 */
export function pieceProgram(
  model: Model,
  objective: Objective,
  { passes, ...options }: ProgramOptions,
): Program {
  return compile(pieceGraph(model, objective, options), { passes });
}

/** The outputs of `pieceProgram` before they are laid out and lowered. */
export function pieceGraph(model: Model, objective: Objective, options: LossOptions): Named {
  const { trace, tensors, state: before } = traced(model, objective, options);
  const terms = objective.terms(trace, fedInputs(model, objective));
  const after = statesAfter(trace.unrolled.state);
  const values: Named = { loss: weightedMeans(terms.loss), ...told(terms), ...after };
  const parts = Object.keys(before);
  const cotangents = parts.map((part) => input(cotangentNames.of(part), (before[part] as Tensor).shape));
  // Its gradient is that of the whole loss: ⟨cotangent, state⟩ stands for what comes later.
  const whole = (those: Named): Tensor =>
    paired(parts, cotangents).reduce(
      (all, [part, cotangent]) =>
        add(all, sum(mul(those[nextNames.of(stateNames.of(part))] as Tensor, cotangent))),
      those["loss"] as Tensor,
    );
  const { outputs, slopes } = differentiated(values, whole, [...tensors, ...Object.values(before)]);
  const own = packed(slopes.slice(0, tensors.length), model.parameters);
  const slopesBefore = Object.fromEntries(paired(parts, slopes.slice(tensors.length)));
  return {
    gradient: add(input(GRADIENT_AFTER, own.shape), own),
    ...nextNames.give(cotangentNames.give(slopesBefore)),
    ...outputs,
  };
}

/**
 * Values with the gradient of a loss made of them. Optimised before they are differentiated: what has left the loop needs
 * no place in the reverse loop.
 */
function differentiated(
  values: Named,
  lossOf: (values: Named) => Tensor,
  wrt: readonly Tensor[],
): { readonly outputs: Named; readonly slopes: readonly Tensor[] } {
  const names = Object.keys(values);
  const optimised = optimise([...Object.values(values), ...wrt]);
  const outputs: Named = Object.fromEntries(paired(names, optimised.slice(0, names.length)));
  return { outputs, slopes: gradients(lossOf(outputs), optimised.slice(names.length)) };
}

/** The means of terms, by their weights; of what counts nothing there is no gradient to compute. */
function weightedMeans(terms: readonly Term[]): Tensor {
  const counted = terms.filter(({ weight }) => weight !== 0);
  const counts = Object.fromEntries(counted.map(({ per }) => [per, input(countNames.of(per), [])]));
  return addAll(
    counted.map(({ sum, per, weight = 1 }) => div(weight === 1 ? sum : mul(sum, weight), counts[per]!)),
  );
}

const packed = (tensors: readonly Tensor[], parameters: readonly Parameter[]): Tensor =>
  concat(paired(tensors, parameters).map(([tensor, own]) => reshape(tensor, [sizeOf(own)])));

/**
 * The optimiser's update. Inputs: `gradient.<shard>` `[P]`, which are added up, `parameters`, `optimiser.<name>`,
 * `learningRate`. Outputs: `gradientNorm`, `parameters.next`, `optimiser.<name>.next`.
 *
 * @param size P; a name of it where the program is to update any part of the parameters: `gradientNorm`, which no part tells, is
 * then an input
 */
export function updateProgram(size: Dim, optimiser: Transformation, shards: number): Program {
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
  const isPart = typeof size === "string";
  const gradientNorm = isPart ? input("gradientNorm", []) : globalNorm(gradient);
  const context = {
    parameters,
    gradientNorm,
    learningRate: input("learningRate", []),
    decays: () => input("decays", [size]),
  };
  const { update, state: after } = optimiser.update(gradient, state, context);
  return compile({
    ...(!isPart && { gradientNorm }),
    ...nextNames.give({ parameters: add(parameters, update), ...optimiserNames.give(after) }),
  });
}

/** The figures of an objective without gradients, and the states. Inputs as of `gradientProgram` less the counts. */
export const boundProgram = (model: Model, objective: Objective): Program =>
  compile(boundGraph(model, objective));

/** The outputs of `boundProgram` before they are lowered. */
export function boundGraph(model: Model, objective: Objective): Named {
  const { trace } = traced(model, objective, {});
  const { figures } = objective.terms(trace, fedInputs(model, objective));
  return { ...told({ figures }), ...statesAfter(trace.unrolled.state) };
}

/** The states after sequences as training sees them, dropout included. Inputs as of `unrollProgram`. */
export const statesProgram = (model: Model, options: LossOptions): Program =>
  compile(statesAfter(traced(model, plainElbo, options).trace.unrolled.state));

/** What the readout of a model says of sequences, `logProb` of each level `[B, L]` or `[T, B, L]`, and the states. */
export function readoutProgram(model: Model, options?: LowerOptions): Program {
  const { logits, unrolled } = traced(model, plainElbo, {}).trace;
  return compile({ logProb: logSoftmax(logits as Tensor), ...statesAfter(unrolled.state) }, options);
}

/** Some parts of what a model says of sequences, `[T, B, ·]`, and the states after the last step. */
export function unrollProgram(
  model: Model,
  parts: readonly (keyof StepResult)[],
  options?: LowerOptions,
): Program {
  const { unrolled } = traced(model, plainElbo, {}).trace;
  const wanted = Object.fromEntries(parts.map((part) => [part, unrolled[part]]));
  return compile({ ...wanted, ...statesAfter(unrolled.state) }, options);
}

/** What a program holds, and how it is laid out. */
export interface CompileOptions extends LowerOptions {
  /** See `ProgramOptions`. */
  readonly passes?: readonly Pass[] | undefined;
}

/** Optimises and lowers. */
export const compile = (outputs: Named, { passes, ...options }: CompileOptions = {}): Program =>
  lower(finishNamed(outputs, passes), options);

/** The last form of outputs before they are lowered, by the same names. */
export function finishNamed(outputs: Named, passes?: readonly Pass[]): Named {
  const finished = finish(Object.values(outputs), passes);
  return Object.fromEntries(paired(Object.keys(outputs), finished));
}
