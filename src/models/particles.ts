/** Following sequences with an ensemble of particles, which fill in what is missing as they go. */
import type { Draws } from "../distributions/emission.ts";
import { filledLike, greater, input, max, scalar, scan, type Tensor, where } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import { type Net, plainNet } from "../nn/net.ts";
import type { Weights } from "../nn/parameters.ts";
import { drawWidths, startGeneration, stepNoise } from "./generate.ts";
import {
  capabilitiesOf,
  isLatent,
  type LatentModel,
  type Model,
  type OverTime,
  type Tensors,
} from "./model.ts";
import { atFirst, carriedParts, keptState } from "./state.ts";
import {
  emissionWith,
  type Generated,
  generateStep,
  type StepContext,
  type Stepped,
  type StepResult,
  takeStep,
} from "./step.ts";
import { prefixed, type SequenceInputs, sequenceInputs, under } from "./unroll.ts";

/** Random numbers of a particle beside those of its posterior, `[T, B, ·]`. */
export interface ParticleDraws {
  /** For what it expects of a step before it sees it. */
  readonly guess: Draws & { readonly noise: Tensor };
  /** For what it puts into the gaps of a step once it has seen the rest. */
  readonly fill: Draws;
}

export interface FollowInputs extends Omit<SequenceInputs, "dropout">, ParticleDraws {}

/** What a particle made of each step, `[T, B, ·]`. */
export interface Followed extends Pick<StepResult, "latent" | "latentScale"> {
  /** `[T, B, D]`: the step with its gaps filled; missing entries are draws, observed ones as they were. */
  readonly filled: Tensor;
  /** `[T, B, D]`: a draw from the forecast of the step, made before it was seen. */
  readonly guess: Tensor;
  /** `[T, B, D]`: the mean of that forecast, given the latent variables that the particle drew for it. */
  readonly guessExpected: Tensor;
  /** `[T, B, D]`: what was to be expected once the observed entries were seen. */
  readonly expected: Tensor;
  /** `[T, B, D]`: the log-likelihood of each observed entry; 0 where nothing was observed. */
  readonly logLikelihood: Tensor;
  /** `[T, B, Z]`: log p(z) − log q(z); together with the likelihood the log of the particle's importance weight. */
  readonly logRatio: Tensor;
  /** The state after each step, `[T, B, size]`. */
  readonly states: State;
}

/** What is known of the sequences to follow. */
export interface FollowOptions {
  /** Whether nothing is missing anywhere, which spares the filling. */
  readonly complete?: boolean;
}

/** Declares the inputs of a graph that follows sequences: those of `sequenceInputs`, and the particles' own draws. */
export function followInputs(model: Model): FollowInputs {
  const { dropout: _, ...inputs } = sequenceInputs(model);
  const widths = drawWidths(model);
  const perStep = (name: string, size: number) => input(name, ["T", "B", size]);
  const draws = (name: string): Draws => ({
    uniform: perStep(`${name}.uniform`, widths.uniform),
    normal: perStep(`${name}.normal`, widths.normal),
  });
  const guess = { ...draws("guess"), noise: perStep("guess.noise", widths.noise) };
  return { ...inputs, guess, fill: draws("fill") };
}

/**
 * Leads particles through sequences, one row each. A model reads a missing entry as the average, so a particle puts a
 * draw of its own in the place of each:
 *
 * 1. before the step it guesses all of it, as the model generates it;
 * 2. where part of the step was observed, the guess completes it; the posterior of the completed step gives z, the
 *    emission given z gives better draws of the missing entries, and the state moves on by the step so completed. With
 *    the exact posterior that is a sweep of Gibbs sampling over (missing entries, z);
 * 3. where nothing was observed the guess stands, and the state moves on as it was generated.
 *
 * A model whose posterior reads the future draws z from its prior.
 *
 * The importance weight of a step, exp(logLikelihood + logRatio), is exact for any posterior: the guess that the
 * posterior was shown is a draw from the model and cancels (Maddison et al., "Filtering Variational Objectives", 2017,
 * have the weights without gaps).
 *
 * @returns each part for all steps, and the state after the last.
 */
export function follow(
  model: Model,
  weight: Weights,
  inputs: FollowInputs,
  { complete = false }: FollowOptions = {},
): Followed & { readonly state: State } {
  const { state: carried, x, mask, noise, guess, fill, known } = inputs;
  const net = plainNet(weight);
  const given = model.given?.(net, known) ?? nothing;
  const { state, draws } = startGeneration(model, net, {
    carried,
    given: atFirst(given),
    noise: guess.noise,
  });
  const { state: after, outputs } = scan({
    state: carriedParts(model, state),
    over: {
      x,
      mask,
      noise: stepNoise(model, noise),
      ...prefixed("given", given.slices),
      ...prefixed("guess", { ...guess, noise: stepNoise(model, guess.noise) }),
      ...prefixed("fill", { ...fill }),
    } as Tensors,
    step: (before, slices) => {
      const context = { given: { ...given.fixed, ...under("given", slices) }, drawn: draws, complete };
      const { state: next, outputs } = followStep(model, net, before, slices, context);
      return {
        state: next,
        outputs: { ...outputs, ...prefixed(STATE, keptState(model, carried, next, draws)) },
      };
    },
  });
  const parts = Object.entries(outputs).filter(([name]) => !name.startsWith(`${STATE}.`));
  return {
    ...(Object.fromEntries(parts) as unknown as Omit<Followed, "states">),
    states: under(STATE, outputs),
    state: keptState(model, carried, after, draws),
  };
}

const nothing: OverTime = { slices: {}, fixed: {} };

const STATE = "state";

/** One step of one particle, `[B, ·]`. */
interface ParticleStep {
  readonly x: Tensor;
  /** Bool, `[B, D]`: which entries were observed; `[B, 1]`: whether any was. */
  readonly seen: Tensor;
  readonly any: Tensor;
  readonly guess: Stepped<Generated>;
  /** What the model says of the step when the given values stand in it. */
  readonly read: (x: Tensor) => Stepped<StepResult>;
  readonly fill: Draws;
}

function followStep(
  model: Model,
  net: Net,
  before: State,
  slices: Tensors,
  { complete, ...context }: StepContext & Required<FollowOptions>,
): { state: State; outputs: Tensors } {
  const at = (name: string) => slices[name] as Tensor;
  const draws = (name: string): Draws => ({ uniform: at(`${name}.uniform`), normal: at(`${name}.normal`) });
  const proposal = capabilitiesOf(model).causal ? "posterior" : "prior";
  const read = (x: Tensor, mask = filledLike(x, 1)) => {
    const observed = { values: x, mask };
    const features = model.features(net, observed);
    const step = { ...context, observed, features, evidence: {}, noise: at("noise") };
    return takeStep(model, net, before, step, proposal);
  };
  const guessing = { ...draws("guess"), noise: at("guess.noise"), temperature: scalar(1), ...context };
  const step: ParticleStep = {
    x: at("x"),
    seen: greater(at("mask"), 0),
    any: greater(max(at("mask"), [-1], { keepDims: true }), 0),
    guess: generateStep(model, net, before, guessing),
    read,
    fill: draws("fill"),
  };
  const reading = (): Reading => {
    if (!isLatent(model)) return readByBelief(step, read(step.x, at("mask")));
    return complete ? readComplete(step) : readWithGaps(model, net, step);
  };
  const { state, outputs } = reading();
  const { x: guess, expected: guessExpected } = step.guess.outputs;
  return { state, outputs: { ...outputs, guess, guessExpected } };
}

/** What a step adds to what was said of it before it was seen. */
type Reading = {
  state: State;
  outputs: Record<Exclude<keyof Followed, "guess" | "guessExpected" | "states">, Tensor>;
};

function readComplete({ x, read }: ParticleStep): Reading {
  const { state, outputs } = read(x);
  const { expected, logLikelihood, logRatio, latent, latentScale } = outputs;
  return { state, outputs: { filled: x, expected, logLikelihood, logRatio, latent, latentScale } };
}

function readWithGaps(
  model: LatentModel,
  net: Net,
  { x, seen, any, guess, read, fill }: ParticleStep,
): Reading {
  const { x: guessed, expected: guessExpected } = guess.outputs;
  const first = read(where(seen, x, guessed)).outputs;
  const better = emissionWith(model, net).sample(first.raw, fill, scalar(1)); // [B, D]
  const filled = where(seen, x, where(any, better, guessed)); // [B, D]
  const { state, outputs } = read(filled);
  const moved = ([part, value]: [string, Tensor]) => [part, where(any, value, guess.state[part] as Tensor)];
  return {
    state: Object.fromEntries(Object.entries(state).map(moved)),
    outputs: {
      filled,
      expected: where(any, first.expected, guessExpected),
      logLikelihood: where(seen, first.logLikelihood, 0),
      logRatio: where(any, first.logRatio, 0),
      latent: outputs.latent,
      latentScale: outputs.latentScale,
    },
  };
}

/** A belief takes gaps in as they are; what may have stood there is drawn from its prediction. */
function readByBelief({ x, seen, guess }: ParticleStep, { state, outputs }: Stepped<StepResult>): Reading {
  const { expected, logLikelihood, logRatio, latent, latentScale } = outputs;
  const filled = where(seen, x, guess.outputs.x); // [B, D]
  return { state, outputs: { filled, expected, logLikelihood, logRatio, latent, latentScale } };
}
