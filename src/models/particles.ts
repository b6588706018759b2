/** Following sequences with an ensemble of particles, which fill in what is missing as they go. */
import type { Draws } from "../distributions/emission.ts";
import { filledLike, greater, input, max, scalar, scan, type Tensor, where } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import type { Weights } from "../nn/parameters.ts";
import {
  conditionAt,
  type Imagined,
  type Judgement,
  overCondition,
  type SequenceInputs,
  type SequenceModel,
  sequenceInputs,
  unchanged,
} from "./sequence.ts";

/** Random numbers of a particle beside those of its posterior, `[T, B, ·]`. */
export interface ParticleDraws {
  /** For what it expects of a step before it sees it. */
  readonly guess: Draws & { readonly noise: Tensor };
  /** For what it puts into the gaps of a step once it has seen the rest. */
  readonly fill: Draws;
}

export interface FollowInputs extends Omit<SequenceInputs, "dropout">, ParticleDraws {}

/** What a particle made of each step, `[T, B, ·]`. */
export interface Followed extends Pick<Judgement, "latent" | "latentScale"> {
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
export function followInputs(model: SequenceModel, columns: number): FollowInputs {
  const { dropout: _, ...inputs } = sequenceInputs(model, { columns });
  const perStep = (name: string, size: number) => input(name, ["T", "B", size]);
  const draws = (name: string): Draws => ({
    uniform: perStep(`${name}.uniform`, model.emission.uniforms),
    normal: perStep(`${name}.normal`, model.emission.normals),
  });
  const guess = { ...draws("guess"), noise: perStep("guess.noise", model.latentSize) };
  return { ...inputs, guess, fill: draws("fill") };
}

/**
 * Leads particles through sequences, one lane each. A model reads a missing entry as the average, so a particle puts a
 * draw of its own in the place of each:
 *
 * 1. before the step it guesses all of it, by the model's imagination;
 * 2. where part of the step was observed, the guess completes it; the posterior of the completed step gives z, the
 *    emission given z gives better draws of the missing entries, and the state moves on by the step so completed. With
 *    the exact posterior that is a sweep of Gibbs sampling over (missing entries, z);
 * 3. where nothing was observed the guess stands, and the state moves on by imagination.
 *
 * The importance weight of a step, exp(logLikelihood + logRatio), is exact for any posterior: the guess that the
 * posterior was shown is a draw from the model and cancels (Maddison et al., "Filtering Variational Objectives", 2017,
 * have the weights without gaps).
 *
 * @returns each part for all steps, and the state after the last.
 */
export function follow(
  model: SequenceModel,
  weights: Weights,
  inputs: FollowInputs,
  { complete = false }: FollowOptions = {},
): Followed & { readonly state: State } {
  const { state, x, mask, noise, guess, fill, condition } = inputs;
  const over: Slices = {
    x,
    mask,
    noise,
    ...overCondition(condition),
    ...named("guess", { ...guess }),
    ...named("fill", { ...fill }),
  };
  const { state: final, outputs } = scan({
    state,
    over,
    step: (before, slices) => followStep(model, weights, before, slices, complete),
  });
  const parts = Object.entries(outputs).filter(([name]) => !name.startsWith(STATE));
  const states = Object.keys(state).map((part) => [part, outputs[`${STATE}${part}`] as Tensor] as const);
  return {
    ...(Object.fromEntries(parts) as unknown as Omit<Followed, "states">),
    states: Object.fromEntries(states),
    state: final,
  };
}

type Slices = Readonly<Record<string, Tensor>>;

const STATE = "state.";

const named = (prefix: string, tensors: Slices): Slices =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}.${name}`, tensor]));

/** One step of one particle, `[B, ·]`. */
interface ParticleStep {
  readonly x: Tensor;
  /** Bool, `[B, D]`: which entries were observed; `[B, 1]`: whether any was. */
  readonly seen: Tensor;
  readonly any: Tensor;
  readonly guess: { readonly state: State; readonly outputs: Imagined };
  /** What the model says of the step when the given values stand in it. */
  readonly read: (x: Tensor) => { readonly state: State; readonly outputs: Judgement };
  readonly fill: Draws;
}

function followStep(
  model: SequenceModel,
  weights: Weights,
  before: State,
  slices: Slices,
  complete: boolean,
): { state: State; outputs: Record<string, Tensor> } {
  const at = (name: string) => slices[name] as Tensor;
  const draws = (name: string): Draws => ({ uniform: at(`${name}.uniform`), normal: at(`${name}.normal`) });
  const given = conditionAt(slices);
  const guessing = { ...draws("guess"), noise: at("guess.noise"), temperature: scalar(1), ...given };
  const step: ParticleStep = {
    x: at("x"),
    seen: greater(at("mask"), 0),
    any: greater(max(at("mask"), [-1], { keepDims: true }), 0),
    guess: model.imagine(weights, before, guessing),
    read: (x) =>
      model.observe(weights, before, { x, mask: filledLike(x, 1), noise: at("noise"), ...given }, unchanged),
    fill: draws("fill"),
  };
  const { state, outputs } = complete ? readComplete(step) : readWithGaps(model, step);
  const { x: guess, expected: guessExpected } = step.guess.outputs;
  return { state, outputs: { ...outputs, guess, guessExpected, ...named("state", state) } };
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
  { emission }: SequenceModel,
  { x, seen, any, guess, read, fill }: ParticleStep,
): Reading {
  const { x: guessed, expected: guessExpected } = guess.outputs;
  const first = read(where(seen, x, guessed)).outputs;
  const filled = where(seen, x, where(any, emission.sample(first.raw, fill, scalar(1)), guessed)); // [B, D]
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
