/** Programs of a single step, without a loop: for live data, and for exports that are called step by step. */
import { VrnnError } from "../errors.ts";
import type { Tensor } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import { plainNet } from "../nn/net.ts";
import type { Weights } from "../nn/parameters.ts";
import { drawSequencePriors, stepNoise } from "./generate.ts";
import { capabilitiesOf, type Known, type Model, type Observed, type OverTime } from "./model.ts";
import { begin, carriedParts, keptState } from "./state.ts";
import {
  type Generated,
  generateStep,
  type StepDraws,
  type Stepped,
  type StepResult,
  takeStep,
} from "./step.ts";

const nothing: OverTime = { slices: {}, fixed: {} };

export interface OnceInputs {
  readonly observed: Observed;
  /** `[B, Z]` */
  readonly noise: Tensor;
  /** Of this step, `[B, ·]`. */
  readonly known: Known;
  readonly state: State;
}

/**
 * Takes in one step of data, `[B, ·]`.
 *
 * @throws VrnnError `model/not-causal` when the posterior reads what comes later.
 */
export function takeOnce(model: Model, weight: Weights, inputs: OnceInputs): Stepped<StepResult> {
  if (!capabilitiesOf(model).causal)
    throw new VrnnError("model/not-causal", "the model's posterior reads what comes later", {
      remedy: "follow the data by particles, or score whole sequences",
    });
  const { observed, noise, known, state: carried } = inputs;
  const net = plainNet(weight);
  const { slices, fixed } = model.given?.(net, known) ?? nothing;
  const given = { ...fixed, ...slices };
  const { state, draws } = begin(
    model,
    net,
    carried,
    given,
    drawSequencePriors(model, net, { given, noise }),
  );
  const { state: after, outputs } = takeStep(model, net, carriedParts(model, state), {
    observed,
    features: model.features(net, observed),
    evidence: {},
    given,
    drawn: draws,
    noise: stepNoise(model, noise),
  });
  return { state: keptState(model, carried, after, draws), outputs };
}

/** Generates one step, `[B, ·]`. */
export function generateOnce(
  model: Model,
  weight: Weights,
  { known, state: carried, noise, ...rest }: StepDraws & Pick<OnceInputs, "known" | "state">,
): Stepped<Generated> {
  const net = plainNet(weight);
  const { slices, fixed } = model.given?.(net, known) ?? nothing;
  const given = { ...fixed, ...slices };
  const { temperature } = rest;
  const drawn = drawSequencePriors(model, net, { given, noise, temperature });
  const { state, draws } = begin(model, net, carried, given, drawn);
  const step = { ...rest, noise: stepNoise(model, noise), given, drawn: draws };
  const { state: after, outputs } = generateStep(model, net, carriedParts(model, state), step);
  return { state: keptState(model, carried, after, draws), outputs };
}
