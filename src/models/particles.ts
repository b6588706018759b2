/** Following sequences with particles, which fill in what is missing as they go. */

import { completed } from "../distributions/completed.ts";
import type { Draws, Emission } from "../distributions/emission.ts";
import {
  cast,
  concat,
  equal,
  filledLike,
  gatherRows,
  greater,
  input,
  max,
  scalar,
  scan,
  type Tensor,
  where,
} from "../graph/index.ts";
import { fillNames, type Naming, predictiveNames } from "../names.ts";
import type { State } from "../nn/cells.ts";
import { type Net, plainNet } from "../nn/net.ts";
import type { Weights } from "../nn/parameters.ts";
import { part } from "../nn/parts.ts";
import { drawWidths, startGeneration, stepNoise } from "./generate.ts";
import { recalled } from "./last.ts";
import {
  capabilitiesOf,
  type ExactModel,
  isLatent,
  type LatentModel,
  type Model,
  nothingGiven,
  type Tensors,
} from "./model.ts";
import { systematicRows } from "./resampling.ts";
import { atFirst, carriedParts, marked, modelState, sequenceDraws } from "./state.ts";
import {
  emissionWith,
  type Generated,
  generateStep,
  type Read,
  type StepContext,
  type Stepped,
  type StepResult,
  takeStep,
} from "./step.ts";
import { type Together, weighed } from "./together.ts";
import { type SequenceInputs, sequenceInputs } from "./unroll.ts";

/** Random numbers of a particle beside those of its posterior, `[T, B, ·]`. */
export interface ParticleDraws {
  /** For what it expects of a step before it sees it. */
  readonly predictive: Draws & { readonly noise: Tensor };
  /** For what it puts into the gaps of a step once it has seen the rest. */
  readonly imputation: Draws;
}

export interface ParticleFilterInputs extends Omit<SequenceInputs, "dropout">, ParticleDraws {
  /** `[T, 1]`: a uniform number for each step, where particles are drawn anew. */
  readonly resampling?: Tensor;
}

/** What a particle made of each step, `[T, B, ·]`. */
export interface ParticleFilterResult extends Pick<StepResult, "latent" | "latentScale"> {
  /** `[T, B, D]`: the step with its gaps filled; missing entries are draws, observed ones as they were. */
  readonly imputed: Tensor;
  /** `[T, B, D]`: a draw from the forecast of the step, made before it was seen. */
  readonly predictive: Tensor;
  /** `[T, B, D]`: the mean of that forecast, given the latent variables that the particle drew for it. */
  readonly predictiveMean: Tensor;
  /** `[T, B, D]`: what was to be expected once the observed entries were seen. */
  readonly emissionMean: Tensor;
  /** `[T, B, D]`: the log-likelihood of each observed entry; 0 where nothing was observed. */
  readonly logLikelihood: Tensor;
  /** `[T, B, Z]`: log p(z) − log q(z); together with the likelihood the log of the particle's importance weight. */
  readonly logPriorRatio: Tensor;
  /** The state after each step, `[T, B, size]`. */
  readonly states: State;
  /** Where particles are drawn anew: what all of them say of each step, before they are. */
  readonly together?: Together;
}

/** What is known of the sequences to follow. */
export interface ParticleFilterVariant {
  /** Whether nothing is missing anywhere, which spares the filling. */
  readonly complete?: boolean;
  /**
   * Whether all rows are particles of one sequence, to be drawn anew after each step in proportion to their weights, so
   * that they weigh the same when the next one begins (Gordon, Salmond and Smith 1993). Models that are not `guided`
   * need it, or weights kept outside.
   */
  readonly resampled?: boolean;
}

/**
 * Declares the inputs of a graph that follows sequences: those of `sequenceInputs`, the particles' own draws, and
 * `resampling` `[T, 1]` where particles are drawn anew.
 */
export function particleFilterInputs(
  model: Model,
  { resampled = false }: ParticleFilterVariant = {},
): ParticleFilterInputs {
  const { dropout: _, ...inputs } = sequenceInputs(model);
  const widths = drawWidths(model);
  const perStep = (name: string, size: number) => input(name, ["T", "B", size]);
  const draws = (names: Naming): Draws => ({
    uniform: perStep(names.of("uniform"), widths.uniform),
    normal: perStep(names.of("normal"), widths.normal),
  });
  const predictive = { ...draws(predictiveNames), noise: perStep(predictiveNames.of("noise"), widths.noise) };
  const resampling = resampled ? { resampling: input("resampling", ["T", 1]) } : {};
  return { ...inputs, predictive, imputation: draws(fillNames), ...resampling };
}

/**
 * Leads particles through sequences, one row each. A model reads a missing entry as the average, so a particle puts a
 * draw of its own in the place of each:
 *
 * 1. before the step it draws all of it, as the model generates it;
 * 2. where part of the step was observed, that draw completes it; the posterior of the completed step gives z, the
 *    emission given z gives better draws of the missing entries, and the state moves on by that z and the step so completed:
 *    the pair that is weighed, (z, missing entries given z), is the one that goes on;
 * 3. where nothing was observed the draw stands, and the state moves on as it was generated.
 *
 * A model whose posterior reads the future draws z from its prior, and variables of the whole sequence come from theirs:
 * such particles have to be weighed (`ParticleFilterVariant.resampled`).
 *
 * The importance weight of a step, exp(logLikelihood + logRatio), is exact for any posterior: the draw that the
 * posterior was shown is a draw from the model and cancels (Maddison et al., "Filtering Variational Objectives", 2017,
 * have the weights without gaps).
 *
 * @returns each part for all steps, and the state after the last.
 */
export function particleFilter(
  model: Model,
  weight: Weights,
  inputs: ParticleFilterInputs,
  { complete = false }: Omit<ParticleFilterVariant, "resampled"> = {},
): ParticleFilterResult & { readonly state: State } {
  const { state: carried, x, mask, noise, predictive, imputation, known, units, season, resampling } = inputs;
  const net = plainNet(weight);
  const given = model.given?.(net, known) ?? nothingGiven;
  const state = startGeneration(model, net, {
    carried,
    given: atFirst(given),
    noise: predictive.noise,
  });
  const { state: after, outputs } = scan({
    state: carriedParts(model, state),
    over: {
      x,
      mask,
      noise: stepNoise(model, noise),
      given: given.slices,
      predictive: { ...predictive, noise: stepNoise(model, predictive.noise) },
      imputation,
      at: { units, season },
      resampling,
    },
    step: (before, { given: own, at, ...slices }) => {
      const context = { given: { ...given.fixed, ...own }, ...at, complete };
      const { state: next, outputs } = particleFilterStep(model, net, before, slices, context);
      return { state: next, outputs: { ...outputs, states: marked(model, carried, next) } };
    },
  });
  const { own, together, states } = outputs;
  return { ...own, ...(together && { together }), states, state: marked(model, carried, after) };
}

/** What a step of particles is led through by, `[B, ·]`. */
interface ParticleFilterXs extends ParticleDraws {
  readonly x: Tensor;
  readonly mask: Tensor;
  readonly noise: Tensor;
  /** `[1]` */
  readonly resampling: Tensor | undefined;
}

/** One step of one particle, `[B, ·]`. */
interface ParticleStep {
  readonly x: Tensor;
  /** Bool, `[B, D]`: which entries were observed; `[B, 1]`: whether any was. */
  readonly seen: Tensor;
  readonly any: Tensor;
  readonly predictive: Stepped<Generated>;
  /** What the model says of the step when the given values stand in it; the state moves on by others where they are told. */
  readonly read: (
    x: Tensor,
    mask?: Tensor,
    moved?: (emissionParameters: Tensor) => Tensor,
  ) => Stepped<StepResult>;
  readonly imputation: Draws;
}

function particleFilterStep(
  model: Model,
  net: Net,
  before: State,
  { x, mask, noise, predictive, imputation, resampling }: ParticleFilterXs,
  { complete, ...context }: StepContext & Pick<Required<ParticleFilterVariant>, "complete">,
): Stepped<ParticleFilterStepResult> {
  const proposal = capabilitiesOf(model).causal ? "posterior" : "prior";
  const asRead = (values: Tensor, mask = filledLike(values, 1)): Read => {
    const observed = { values, mask, last: recalled(before, context) };
    return { observed, features: model.features(net, observed) };
  };
  const read: ParticleStep["read"] = (values, mask, moved) => {
    const by = moved && ((raw: Tensor) => asRead(moved(raw)));
    const step = { ...context, ...asRead(values, mask), moved: by, evidence: {}, noise };
    return takeStep(model, net, before, step, proposal);
  };
  const step: ParticleStep = {
    x,
    seen: greater(mask, 0),
    any: greater(max(mask, [-1], { keepDims: true }), 0),
    predictive: generateStep(model, net, before, { ...predictive, temperature: scalar(1), ...context }),
    read,
    imputation,
  };
  const reading = (): Reading => {
    if (!isLatent(model)) return readByBelief(model, net, before, context, step);
    return complete ? readComplete(step) : readWithGaps(model, net, context, step);
  };
  const told = withSequenceDraws(model, before, reading());
  const { state, outputs, together }: Reading & { together?: Together } =
    resampling === undefined ? told : drawnAnew(told, resampling);
  const { x: drawn, emissionMean: predictiveMean } = step.predictive.outputs;
  return { state, outputs: { own: { ...outputs, predictive: drawn, predictiveMean }, together } };
}

/** The latent variables of the whole sequence, of which a particle has one draw, before those of the step. */
function withSequenceDraws(model: Model, before: State, { state, outputs }: Reading): Reading {
  const draws = Object.values(sequenceDraws(model, before)); // [B, Z] each
  if (draws.length === 0) return { state, outputs };
  const besides = (draws: readonly Tensor[], step: Tensor): Tensor =>
    concat([...draws, ...(step.shape[step.rank - 1] === 0 ? [] : [step])]);
  const latent = besides(draws, outputs.latent); // [B, Z]
  const latentScale = besides(
    draws.map((draw) => filledLike(draw, 0)),
    outputs.latentScale,
  );
  return { state, outputs: { ...outputs, latent, latentScale } };
}

/** The particles that go on, what they told of the step, and what all of them say. @param uniform `[1]` */
function drawnAnew({ state, outputs }: Reading, uniform: Tensor): Reading & { readonly together: Together } {
  const { shares, together } = weighed(outputs);
  const rows = systematicRows(shares, uniform);
  const picked = <Parts extends Tensors>(parts: Parts): Parts =>
    Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, gatherRows(part, rows)])) as Parts;
  return { state: picked(state), outputs: picked(outputs), together };
}

/** What is told of a step: by each particle, and by all together where they are drawn anew. */
interface ParticleFilterStepResult {
  readonly own: Omit<ParticleFilterResult, "states" | "together">;
  readonly together: Together | undefined;
}

/** What a step adds to what was said of it before it was seen. */
type Reading = {
  state: State;
  outputs: Record<
    Exclude<keyof ParticleFilterResult, "predictive" | "predictiveMean" | "states" | "together">,
    Tensor
  >;
};

function readComplete({ x, read }: ParticleStep): Reading {
  const { state, outputs } = read(x);
  const { emissionMean, logLikelihood, logPriorRatio, latent, latentScale } = outputs;
  return { state, outputs: { imputed: x, emissionMean, logLikelihood, logPriorRatio, latent, latentScale } };
}

function readWithGaps(
  model: LatentModel,
  net: Net,
  { units }: StepContext,
  { x, seen, any, predictive, read, imputation }: ParticleStep,
): Reading {
  const { x: drawn, emissionMean: predictiveMean } = predictive.outputs;
  const row = where(seen, x, drawn); // [B, D]
  const emission = emissionWith(model, net, units);
  const completion = (raw: Tensor) =>
    where(any, completed(emission, raw, { x: row, seen }, imputation, scalar(1)), drawn); // [B, D]
  const { state, outputs } = read(row, undefined, completion);
  const { emissionParameters: raw, latent, latentScale } = outputs;
  const imputed = completion(raw);
  const moved = ([name, value]: [string, Tensor]) => [name, where(any, value, part(predictive.state, name))];
  return {
    state: Object.fromEntries(Object.entries(state).map(moved)),
    outputs: {
      imputed,
      emissionMean: where(any, outputs.emissionMean, predictiveMean),
      logLikelihood: where(seen, logProbOfSeen(emission, raw, { row, seen, imputed }), 0),
      logPriorRatio: where(any, outputs.logPriorRatio, 0),
      latent,
      latentScale,
    },
  };
}

/** A row with the guess in its gaps, and with draws there that know the rest of it, `[B, D]` each. */
interface RowWithGaps {
  readonly row: Tensor;
  readonly seen: Tensor;
  readonly imputed: Tensor;
}

/**
 * log p(x | z) of the entries seen alone, whatever the guess was; of an emission that tells of whole rows alone that of a
 * row completed by draws, whose exponential is right on average.
 */
const logProbOfSeen = (emission: Emission, raw: Tensor, { row, seen, imputed }: RowWithGaps): Tensor =>
  emission.missing === "exact"
    ? emission.logProbability(raw, row, seen)
    : emission.logProbability(raw, imputed, equal(row, row));

/** A belief takes gaps in as they are; what may have stood there is drawn once the rest was seen. */
function readByBelief(
  model: ExactModel,
  net: Net,
  before: State,
  { given }: StepContext,
  { x, seen, read, predictive, imputation }: ParticleStep,
): Reading {
  const { state, outputs } = read(x, cast(seen, x.dtype));
  const { logLikelihood, logPriorRatio, latent, latentScale } = outputs;
  const told = { logLikelihood, logPriorRatio, latent, latentScale };
  if (model.update === undefined) {
    const imputed = where(seen, x, predictive.outputs.x); // [B, D]
    return { state, outputs: { ...told, imputed, emissionMean: outputs.emissionMean } };
  }
  const features = model.features(net, { values: x, mask: cast(seen, x.dtype) });
  const belief = model.update(net, { state: modelState(model, before), x: features, given });
  const observed = { values: x, mask: cast(seen, x.dtype) };
  const draws = { ...imputation, temperature: scalar(1) };
  const draw = model.sample(net, { state: belief, given, observed }, draws); // [B, D]
  const imputed = where(seen, x, draw); // [B, D]
  return { state, outputs: { ...told, imputed, emissionMean: model.mean(net, { state: belief, given }) } };
}
