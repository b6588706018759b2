/** One step, derived from what a model states: a step of data taken in, or a step generated. */
import type { Draws, Emission, EmissionUnits, KnownValues, LastSeen } from "../distributions/emission.ts";
import {
  divergence,
  type LatentDistribution,
  logPriorRatio,
  whereObserved,
} from "../distributions/latent/distribution.ts";
import { VrnnError } from "../errors.ts";
import { sameShape } from "../graph/dims.ts";
import { concat, expand, filledLike, greater, max, mul, type Tensor, where } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import type { Net } from "../nn/net.ts";
import { part, splitByName } from "../nn/parts.ts";
import { recalled, seenLast } from "./last.ts";
import {
  type ExactModel,
  isLatent,
  type LatentBlock,
  type LatentModel,
  type Model,
  noiseOf,
  type Observed,
  type Tensors,
} from "./model.ts";
import { modelState, sequenceDraws, sequenceParts, stepBlocks } from "./state.ts";

/** What a model says of one step of data. */
export interface StepResult {
  /** `[..., D]`: the log-likelihood of each entry in nats; 0 where nothing was observed. */
  readonly logLikelihood: Tensor;
  /**
   * `[..., Z]`: the divergence of the posterior from the prior in each latent dimension, in nats; where it has no closed
   * form log q(z) − log p(z) of the draw, of which it is the expectation and which may be negative.
   */
  readonly kl: Tensor;
  /** `[..., Z]`: log p(z) − log q(z) of the latent variables that were drawn; its expectation is minus the divergence. */
  readonly logPriorRatio: Tensor;
  /** `[..., Z]`: the posterior mean and standard deviation. */
  readonly latent: Tensor;
  readonly latentScale: Tensor;
  /** `[..., D]`: the expected value of each column, had the latent variable been known. */
  readonly emissionMean: Tensor;
  /** `[..., width]`: the parameters of the emission, given the latent variables that were drawn. */
  readonly emissionParameters: Tensor;
}

/** One step that a model makes up. */
export interface Generated {
  /** `[..., D]`: a sample, scaled as in a batch. */
  readonly x: Tensor;
  /** `[..., D]`: the expected value of each column, given the latent variables that were drawn. */
  readonly emissionMean: Tensor;
}

/** What a step is taken with, beside the state. */
export interface StepContext {
  readonly given: Tensors;
  /** Of a model whose sequences have units of their own: those of the step, `[..., D]`. */
  readonly units?: EmissionUnits | undefined;
  /** What columns were a season before it, of a model that is placed around that. */
  readonly season?: KnownValues | undefined;
}

/** A step as a model reads it. */
export interface Read {
  readonly observed: Observed;
  /** What `features` gave of it. */
  readonly features: Tensors;
}

/** A step of data. */
export interface StepOfData extends StepContext, Read {
  /** What the state moves on by, from the parameters of the emission; the step as the posterior read it unless told. */
  readonly moved?: ((emissionParameters: Tensor) => Read) | undefined;
  readonly evidence: Tensors;
  /** `[..., noise of the step's blocks]`: standard normal numbers. */
  readonly noise: Tensor;
}

/** Random numbers for one step that is generated. */
export interface StepDraws extends Draws {
  readonly noise: Tensor;
  /** Scalar: 1 is the model's own spread, less is tamer. */
  readonly temperature: Tensor;
}

export interface Stepped<Outputs> {
  readonly state: State;
  readonly outputs: Outputs;
}

/** Where the latent variables of a step of data are drawn from. */
export type Proposal = "posterior" | "prior";

/** Takes in one step of data: how likely it was, and the state after it. */
export function takeStep(
  model: Model,
  net: Net,
  state: State,
  step: StepOfData,
  proposal: Proposal = "posterior",
): Stepped<StepResult> {
  return isLatent(model)
    ? takeLatentStep(model, net, state, step, proposal)
    : takeExactStep(model, net, state, step);
}

function takeLatentStep(
  model: LatentModel,
  net: Net,
  before: State,
  { observed, features, moved, evidence, noise, given, ...at }: StepOfData,
  proposal: Proposal,
): Stepped<StepResult> {
  const state = modelState(model, before);
  const anything = max(observed.mask, [-1], { keepDims: true }); // [..., 1]
  const inferred = drawEach(model, noise, before, (block, above) => {
    const prior = block.prior(net, { state, above, given });
    if (proposal === "prior" || block.posterior === undefined) return { prior, posterior: prior };
    const context = { state, above, given, x: features, evidence, prior };
    // A step of which nothing was observed tells nothing: there the posterior is the prior.
    return { prior, posterior: whereObserved(anything, block.posterior(net, context), prior) };
  });
  const { z } = inferred;
  const emission = emissionWith(model, net, at.units);
  const output = model.emissionParameters(net, { state, z, given }); // [..., width]
  const emissionParameters = leaning(emission, output, recalled(before, at));
  const { observed: by, features: x } = moved?.(emissionParameters) ?? { observed, features };
  return {
    state: {
      ...forEachParticle(model.transition(net, { state, x, z, given }), before),
      ...model.advance?.(net, state, x, given),
      ...sequenceParts(model, before),
      ...seenLast(before, { value: by.values, ...at }, greater(by.mask, 0)),
    },
    outputs: {
      logLikelihood: logLikelihoodOf(emission, emissionParameters, observed),
      ...joined(inferred.terms, observed.values),
      emissionMean: emission.mean(emissionParameters),
      emissionParameters,
    },
  };
}

/** The log-likelihood of each entry, `[..., D]`; 0 where nothing was observed. @param raw `[..., width]` */
function logLikelihoodOf(emission: Emission, raw: Tensor, { values, mask }: Observed): Tensor {
  const present = greater(mask, 0); // [..., D]
  const told = emission.logProbability(raw, where(present, values, 0), present);
  if (emission.missing === "exact") return where(present, told, 0);
  // Hosts refuse rows with gaps that an emission cannot tell of (`requireWholeRows`); exported graphs have no other way.
  const isInPart = greater(max(mask, [-1], { keepDims: true }), mask);
  return where(present, told, where(isInPart, filledLike(mask, Number.NaN), 0));
}

function takeExactStep(
  model: ExactModel,
  net: Net,
  before: State,
  { observed: { values, mask }, features, given }: StepOfData,
): Stepped<StepResult> {
  const state = modelState(model, before);
  const { logProb, state: after } = model.filter(net, { state, x: features, given });
  const emissionMean = model.mean(net, { state, given }); // [..., D]
  return {
    state: after,
    outputs: {
      logLikelihood: where(greater(mask, 0), logProb, 0),
      ...joined([], values),
      emissionMean,
      emissionParameters: emissionMean,
    },
  };
}

/** Makes up one step: latent variables from the prior, a sample from the emission, and the state after it. */
export function generateStep(
  model: Model,
  net: Net,
  before: State,
  { given, noise, temperature, units, season, ...draws }: StepContext & StepDraws,
): Stepped<Generated> {
  const state = modelState(model, before);
  if (!isLatent(model)) {
    const x = model.sample(net, { state, given }, { ...draws, temperature }); // [..., D]
    const { state: after } = model.filter(net, { state, x: featuresOf(model, net, x), given });
    return { state: after, outputs: { x, emissionMean: model.mean(net, { state, given }) } };
  }
  const { z } = drawEach(
    model,
    noise,
    before,
    (block, above) => {
      const prior = block.prior(net, { state, above, given });
      return { prior, posterior: prior };
    },
    temperature,
  );
  const emission = emissionWith(model, net, units);
  const last = recalled(before, { units, season });
  const raw = leaning(emission, model.emissionParameters(net, { state, z, given }), last); // [..., width]
  const x = emission.sample(raw, draws, temperature); // [..., D]
  const features = featuresOf(model, net, x, last);
  return {
    state: {
      ...model.transition(net, { state, x: features, z, given }),
      ...model.advance?.(net, state, features, given),
      ...sequenceParts(model, before),
      ...seenLast(before, { value: x, units, season }),
    },
    outputs: { x, emissionMean: emission.mean(raw) },
  };
}

/** The emission with its own parameters in it, where it has some, under the units of the step, where it has its own. */
export function emissionWith({ emission }: LatentModel, net: Net, units?: EmissionUnits): Emission {
  const bound = emission.bind?.(net.weight) ?? emission;
  return (units && bound.under?.(units)) ?? bound;
}

/** The features of a step of which all is known. */
export const featuresOf = (model: Model, net: Net, x: Tensor, last?: LastSeen): Tensors =>
  model.features(net, { values: x, mask: filledLike(x, 1), last });

/** The terms of one block of latent variables, `[..., Z]` each. */
export type BlockTerms = Pick<StepResult, "kl" | "logPriorRatio" | "latent" | "latentScale">;

/** The draws of some blocks by name, those above them included, and their terms in order. */
export interface BlockDraws {
  readonly z: Tensors;
  readonly terms: readonly BlockTerms[];
}

export interface PriorAndPosterior {
  readonly prior: LatentDistribution;
  readonly posterior: LatentDistribution;
}

/** Draws the blocks of a step one after the other. */
function drawEach(
  model: LatentModel,
  noise: Tensor,
  before: State,
  distributions: (block: LatentBlock, above: Tensors) => PriorAndPosterior,
  temperature?: Tensor,
): BlockDraws {
  return drawBlocks(stepBlocks(model), noise, sequenceDraws(model, before), distributions, temperature);
}

/**
 * Draws some blocks one after the other, each reading those before it.
 *
 * @param noise `[..., noiseOf(blocks)]`
 * @throws VrnnError `model/noise` when a distribution takes more numbers than its block declares
 */
export function drawBlocks(
  blocks: readonly LatentBlock[],
  noise: Tensor,
  above: Tensors,
  distributions: (block: LatentBlock, above: Tensors) => PriorAndPosterior,
  temperature?: Tensor,
): BlockDraws {
  const noises = noiseByBlock(blocks, noise);
  const z: Record<string, Tensor> = { ...above };
  const terms = blocks.map((block): BlockTerms => {
    const { prior, posterior } = distributions(block, { ...z });
    requireNoise(block, posterior);
    const draw = posterior.sample(part(noises, block.name), temperature); // [..., Z]
    z[block.name] = draw;
    return termsOf(draw, prior, posterior);
  });
  return { z, terms };
}

/** The numbers that each block takes, by its name. */
function noiseByBlock(blocks: readonly LatentBlock[], noise: Tensor): Tensors {
  const [only, ...others] = blocks;
  if (only === undefined) return {};
  if (others.length === 0) return { [only.name]: noise };
  return splitByName(noise, Object.fromEntries(blocks.map((block) => [block.name, noiseOf([block])])));
}

function requireNoise({ name, normals = 1 }: LatentBlock, distribution: LatentDistribution): void {
  if (distribution.normals <= normals) return;
  throw new VrnnError("model/noise", `a draw takes ${distribution.normals} normal numbers, not ${normals}`, {
    at: `latent variables "${name}"`,
    remedy: `declare \`normals: ${distribution.normals}\` in their block`,
  });
}

/** For each draw: a distribution that depends on the data alone is the same for all particles, their draws are not. */
function termsOf(z: Tensor, prior: LatentDistribution, posterior: LatentDistribution): BlockTerms {
  const forEach = (value: Tensor) => inShapeOf(value, z); // [..., Z]
  const ratio = logPriorRatio(z, prior, posterior);
  return {
    kl: forEach(divergence(prior, posterior, ratio)),
    logPriorRatio: ratio,
    latent: forEach(posterior.mean),
    latentScale: forEach(posterior.standardDeviation),
  };
}

const inShapeOf = (value: Tensor, { shape }: Tensor): Tensor =>
  sameShape(value.shape, shape) ? value : expand(value, shape);

/** What a step moved by the data alone is the same for all particles, whose states are apart. */
const forEachParticle = (after: State, before: State): State =>
  Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, inShapeOf(value, part(before, name))]),
  );

/**
 * The terms of the sequence's blocks beside those of a step's: told whole at every step, their divergence and ratio at
 * the first alone.
 *
 * @param isFirst bool `[..., 1]`: whether they were drawn at this step
 */
export function besideSteps(whole: BlockTerms, steps: BlockTerms, isFirst: Tensor): BlockTerms {
  const once = (value: Tensor) => where(isFirst, value, 0); // [..., Z]
  const always = (value: Tensor) => mul(filledLike({ dtype: value.dtype, shape: isFirst.shape }, 1), value); // [..., Z]
  const atTheStart: BlockTerms = {
    kl: once(whole.kl),
    logPriorRatio: once(whole.logPriorRatio),
    latent: always(whole.latent),
    latentScale: always(whole.latentScale),
  };
  const width = steps.latent.shape[steps.latent.rank - 1] as number;
  return joined([atTheStart, ...(width > 0 ? [steps] : [])], steps.latent);
}

/** The terms of all blocks side by side; none give tensors of width 0. @param like `[..., D]` */
export function joined(terms: readonly BlockTerms[], like: Tensor): BlockTerms {
  const part = (name: keyof BlockTerms): Tensor => {
    const [first, ...others] = terms.map((term) => term[name]);
    if (first === undefined)
      return filledLike({ dtype: like.dtype, shape: [...like.shape.slice(0, -1), 0] }, 0);
    return others.length === 0 ? first : concat([first, ...others]);
  };
  return {
    kl: part("kl"),
    logPriorRatio: part("logPriorRatio"),
    latent: part("latent"),
    latentScale: part("latentScale"),
  };
}

/** The parameters of an emission that leans on what was observed last. @param emission under the units of the step */
const leaning = (emission: Emission, output: Tensor, last: LastSeen | undefined): Tensor =>
  last === undefined ? output : (emission.recall?.(output, last) ?? output);
