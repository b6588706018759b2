/** Programs of a single step, without a loop: for live data, and for exports that are called step by step. */
import type { EmissionUnits } from "../distributions/emission.ts";
import type { Tensor } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import { plainNet } from "../nn/net.ts";
import type { Weights } from "../nn/parameters.ts";
import { drawSequencePriors, stepNoise } from "./generate.ts";
import { recalled } from "./last.ts";
import { type Known, type Model, nothingGiven, type Observed } from "./model.ts";
import { requireCausal } from "./requirements.ts";
import { seasonAgo } from "./seasons.ts";
import { begin, carriedParts, marked, undrawn } from "./state.ts";
import {
  type BlockDraws,
  type BlockTerms,
  besideSteps,
  type Generated,
  generateStep,
  joined,
  type StepDraws,
  type Stepped,
  type StepResult,
  takeStep,
} from "./step.ts";

export interface OnceInputs {
  readonly observed: Observed;
  /** `[B, noiseWidth]` */
  readonly noise: Tensor;
  /** Of this step, `[B, ·]`. */
  readonly known: Known;
  /** Of a model whose sequences have units of their own, `[B, D]`. */
  readonly units?: EmissionUnits;
  readonly state: State;
}

/**
 * Takes in one step of data, `[B, ·]`.
 *
 * @throws VrnnError `model/not-causal` when the posterior reads what comes later.
 */
export function takeOnce(model: Model, weight: Weights, inputs: OnceInputs): Stepped<StepResult> {
  requireCausal(model, "score whole sequences, or follow live data by particles: vrnn watch --by particles");
  const { observed, noise, known, units, state: carried } = inputs;
  const net = plainNet(weight);
  const { slices, fixed } = model.given?.(net, known) ?? nothingGiven;
  const given = { ...fixed, ...slices };
  const at = { units, season: seasonAgo(model, known, units) };
  const whole = drawSequencePriors(model, net, { given, noise });
  const state = begin(model, net, carried, given, whole.z);
  const { state: after, outputs } = takeStep(model, net, carriedParts(model, state), {
    observed,
    features: model.features(net, { ...observed, last: recalled(carried, at) }),
    evidence: {},
    given,
    ...at,
    noise: stepNoise(model, noise),
  });
  return {
    state: marked(model, carried, after),
    outputs: { ...outputs, ...toldOnce(whole, outputs, carried) },
  };
}

/** The terms of the sequence's blocks, where there are any, beside those of the step. */
const toldOnce = ({ terms }: BlockDraws, step: StepResult, carried: State): Partial<BlockTerms> =>
  terms.length === 0 ? {} : besideSteps(joined(terms, step.latent), step, undrawn(carried));

/** Generates one step, `[B, ·]`. */
export function generateOnce(
  model: Model,
  weight: Weights,
  { known, units, state: carried, noise, ...rest }: StepDraws & Pick<OnceInputs, "known" | "units" | "state">,
): Stepped<Generated> {
  const net = plainNet(weight);
  const { slices, fixed } = model.given?.(net, known) ?? nothingGiven;
  const given = { ...fixed, ...slices };
  const { temperature } = rest;
  const whole = drawSequencePriors(model, net, { given, noise, temperature });
  const state = begin(model, net, carried, given, whole.z);
  const season = seasonAgo(model, known, units);
  const step = { ...rest, units, season, noise: stepNoise(model, noise), given };
  const { state: after, outputs } = generateStep(model, net, carriedParts(model, state), step);
  return { state: marked(model, carried, after), outputs };
}
