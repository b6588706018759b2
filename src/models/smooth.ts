/** Whole sequences of exact models, smoothed: what was hidden at each step given all that was observed, later steps included. */
import { type Dim, expand, greater, input, scalar, scan, type Tensor, where } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import { type Net, plainNet } from "../nn/net.ts";
import type { Weights } from "../nn/parameters.ts";
import { drawWidths } from "./generate.ts";
import {
  type Known,
  nothingGiven,
  type Observed,
  type OverTime,
  type SmoothingModel,
  type Tensors,
} from "./model.ts";
import { atFirst, begin, carriedParts, modelState, stateInputs } from "./state.ts";
import { conditionInput, declaredInputs, observedInputs } from "./unroll.ts";

/** Sequences to smooth, `[T, B, ·]`, from their first step on. */
export interface SmoothingInputs {
  readonly observed: Observed;
  readonly known: Known;
  readonly state: State;
}

/** Random numbers by which S paths are drawn, `[T, S, ·]`. */
export interface PathDraws {
  readonly uniform: Tensor;
  readonly normal: Tensor;
}

/** Declares the inputs of `smoothed` and `drawnPaths`: those of sequences, with so many rows. */
export const smoothingInputs = (model: SmoothingModel, rows: Dim): SmoothingInputs => ({
  observed: observedInputs(model, ["T", rows]),
  known: { ...conditionInput(model, ["T", rows]), inputs: declaredInputs(model.inputs) },
  state: stateInputs(model, [rows]),
});

/** Declares the inputs `uniform` and `normal`, `[T, S, ·]`. */
export function pathDraws(model: SmoothingModel): PathDraws {
  const { uniform, normal } = drawWidths(model);
  return { uniform: input("uniform", ["T", "S", uniform]), normal: input("normal", ["T", "S", normal]) };
}

/** What is known of the hidden state at each step given the whole sequence, as the parts of a state `[T, B, ...]`. */
export function smoothed(model: SmoothingModel, weight: Weights, inputs: SmoothingInputs): State {
  const net = plainNet(weight);
  const forward = passForward(model, net, inputs);
  return scan({
    state: forward.last,
    over: forward.steps,
    reverse: true,
    step: (later, { before, predicted, features, given: own }) => {
      const given = { ...forward.given.fixed, ...own };
      const belief = model.update(net, { state: before, x: features, given });
      const state = model.smooth.backward(net, { state: belief, predicted, later, given });
      return { state, outputs: state };
    },
  }).outputs;
}

/**
 * Sequences with their gaps filled by S draws from what may have stood there given all that was observed: a path of the
 * hidden state is drawn backwards, each state given the one after it and the steps up to its own (Chib, "Calculating
 * Posterior Distributions and Modal Estimates in Markov Mixture Models", 1996), and missing entries given the state and
 * the rest of their row. The gaps of a path belong together.
 *
 * @param inputs of one row, `[T, 1, ·]`
 * @returns `[T, S, D]`
 */
export function drawnPaths(
  model: SmoothingModel,
  weight: Weights,
  inputs: SmoothingInputs,
  { uniform, normal }: PathDraws,
): Tensor {
  const net = plainNet(weight);
  const forward = passForward(model, net, inputs);
  const [, paths] = uniform.shape as [Dim, Dim, Dim];
  return scan({
    state: forPaths(forward.last, paths),
    over: { ...forward.steps, draws: { uniform, normal } },
    reverse: true,
    step: (later, { before, predicted, features, observed, given: own, draws: numbers }) => {
      const given = { ...forward.given.fixed, ...own };
      const draws = { ...numbers, temperature: scalar(1) };
      const belief = model.update(net, { state: before, x: features, given });
      const known = model.smooth.backward(net, { state: belief, predicted, later, given });
      const state = model.smooth.draw(net, { state: known, given }, draws);
      const x = model.sample(net, { state, given, observed }, draws); // [S, D]
      const filled = where(greater(observed.mask, 0), observed.values, x);
      return { state, outputs: { filled } };
    },
  }).outputs.filled;
}

/** The same belief for every path, `[1, ...]` to `[S, ...]`. */
const forPaths = (state: State, paths: Dim): State =>
  Object.fromEntries(
    Object.entries(state).map(([name, value]) => [name, expand(value, [paths, ...value.shape.slice(1)])]),
  );

/** What the steps backward read. */
interface Forward {
  readonly steps: {
    readonly before: State;
    readonly predicted: State;
    readonly features: Tensors;
    readonly observed: { readonly values: Tensor; readonly mask: Tensor };
    readonly given: Tensors;
  };
  readonly given: OverTime;
  /** The prediction of the step after the last, of which nothing will be known. */
  readonly last: State;
}

/** The beliefs before each step, and the predictions after it, `[T, B, ...]`. */
function passForward(
  model: SmoothingModel,
  net: Net,
  { observed, known, state: carried }: SmoothingInputs,
): Forward {
  const given = model.given?.(net, known) ?? nothingGiven;
  const features = model.features(net, observed);
  const { values, mask } = observed;
  const { state: last, outputs } = scan({
    state: modelState(model, carriedParts(model, begin(model, net, carried, atFirst(given), {}))),
    over: { features, given: given.slices },
    step: (before, { features: x, given: own }) => {
      const { state: predicted } = model.filter(net, { state: before, x, given: { ...given.fixed, ...own } });
      return { state: predicted, outputs: { before, predicted } };
    },
  });
  return { steps: { ...outputs, features, observed: { values, mask }, given: given.slices }, given, last };
}
