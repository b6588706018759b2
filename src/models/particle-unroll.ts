/**
 * Whole sequences, unrolled by N particles each: importance weights along time, with resampling or without
 * (IWAE: Burda, Grosse, Salakhutdinov 2016; FIVO: Maddison et al., "Filtering Variational Objectives", 2017).
 *
 * Particles are an axis behind the rows of the batch: state `[B, N, ...]`, data `[B, 1, ...]`.
 */

import type { EmissionUnits } from "../distributions/emission.ts";
import { product } from "../graph/dims.ts";
import {
  add,
  cast,
  constant,
  cumsum,
  div,
  filledLike,
  gatherRows,
  input,
  less,
  logSumExp,
  mul,
  reshape,
  softmax,
  square,
  squeeze,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "../graph/index.ts";
import { stateNames } from "../names.ts";
import type { State } from "../nn/cells.ts";
import type { Weights } from "../nn/parameters.ts";
import { part, partsOf } from "../nn/parts.ts";
import { type Model, noiseWidth, type Shapes, type Tensors } from "./model.ts";
import { ancestorsAt } from "./resampling.ts";
import { sharedParts, stateShapes } from "./state.ts";
import type { StepResult } from "./step.ts";
import { givenOf, type SequenceInputs, sequenceInputs, type Unrolled, unrollBeside } from "./unroll.ts";

/** How the ancestors of particles are drawn, and how many uniform numbers that takes. */
export const resamplers = {
  /** One uniform number a row: evenly spaced positions (Kitagawa 1996). */
  systematic: (_particles: number) => 1,
  /** N independent ones, each drawn by a uniform number of its own. */
  multinomial: (particles: number) => particles,
} as const satisfies Record<string, (particles: number) => number>;

/** The name of a way to resample. */
export type Resampler = keyof typeof resamplers;

/** How many particles follow a sequence, and how they are drawn anew. */
export interface ParticleOptions {
  /** N */
  readonly particles: number;
  /** When the effective sample size falls under N/2; absent: never, the weights are kept to the end. */
  readonly resampling?: Resampler | undefined;
}

/** What particles tell of whole sequences, beside each one's own part of an unrolled step, `[T, B, N, ·]`. */
export interface ParticleTrace extends Unrolled {
  /** `[T, B]`: how much each step adds to the bound, log of the mean weight. */
  readonly bound: Tensor;
  /** `[T, B]`: the effective sample size before resampling, 1 to N. */
  readonly effectiveSize: Tensor;
}

const LOG_WEIGHTS = "logWeights";

/** The shapes of the parts of a state behind the rows of the batch: `[N, ...]`, or `[1, ...]` where all particles share it. */
export function particleStateShapes(model: Model, { particles }: ParticleOptions): Shapes {
  const shared = sharedParts(model);
  const own = Object.entries(stateShapes(model)).map(([part, shape]) => [
    part,
    [shared.has(part) ? 1 : particles, ...shape],
  ]);
  return { ...Object.fromEntries(own), [LOG_WEIGHTS]: [particles] };
}

export interface ParticleInputs extends SequenceInputs {
  /** `[T, B, 1 or N]`: uniform numbers for resampling; absent: it never is. */
  readonly uniform?: Tensor;
}

/**
 * Declares the inputs of `unrollParticles`: those of `sequenceInputs`, with `noise` `[T, B, N, ·]`, `state.<part>`
 * `[B, N, ...]`, `state.logWeights` `[B, N]`, and `resampling` `[T, B, ·]` where particles are resampled.
 */
export function particleInputs(
  model: Model,
  options: ParticleOptions,
  settings: { readonly dropout?: readonly string[] | undefined } = {},
): ParticleInputs {
  const { particles, resampling } = options;
  const state = Object.entries(particleStateShapes(model, options)).map(([part, shape]) => [
    part,
    input(stateNames.of(part), ["B", ...shape]),
  ]);
  return {
    ...sequenceInputs(model, settings),
    noise: input("noise", ["T", "B", particles, noiseWidth(model)]),
    state: Object.fromEntries(state),
    ...(resampling && { uniform: input("resampling", ["T", "B", resamplers[resampling](particles)]) }),
  };
}

/**
 * Follows sequences by N particles. The sum of `bound` over the steps of a sequence is log (1/N) Σ w where particles are
 * never resampled (IWAE, eq. 8), and Σ log of the mean weight between resamplings where they are (FIVO, algorithm 1). No gradient
 * flows through the choice of ancestors. Log-weights are carried in the state relative to their mean, so windows add up
 * to one long one.
 */
export function unrollParticles(
  model: Model,
  weight: Weights,
  inputs: ParticleInputs,
  { particles, resampling }: ParticleOptions,
): ParticleTrace {
  const { [LOG_WEIGHTS]: _, ...state } = inputs.state;
  const rowwise: SequenceInputs = {
    ...inputs,
    x: perRow(inputs.x),
    mask: perRow(inputs.mask),
    dropout: eachOf(inputs.dropout, perRow),
    ...(inputs.units && { units: unitsPerRow(inputs.units) }),
    ...(inputs.season && {
      season: { value: perRow(inputs.season.value), mask: perRow(inputs.season.mask) },
    }),
    state,
  };
  // Computed as of rows, which have no particles, and read as of all particles of a row.
  const { slices, fixed } = givenOf(model, weight, inputs);
  const given = { slices: eachOf(slices, perRow), fixed: eachOf(fixed, (value) => unsqueeze(value, 1)) };
  const { unrolled, own, told } = unrollBeside(model, weight, rowwise, given, {
    carried: partsOf(inputs.state, [LOG_WEIGHTS]),
    over: inputs.uniform === undefined ? {} : { uniform: inputs.uniform },
    begin: (before, ratio) => ({ [LOG_WEIGHTS]: add(part(before, LOG_WEIGHTS), ratio) }),
    after: ({ state: now, outputs: result }, before, { uniform }) => {
      const weighed = weigh(part(before, LOG_WEIGHTS), incrementOf(result), particles);
      const { bound, effectiveSize } = weighed;
      const next =
        resampling === undefined || uniform === undefined
          ? { state: now, own: { [LOG_WEIGHTS]: weighed.logWeights } }
          : resampled(model, now, weighed, uniform, particles);
      return { ...next, told: { bound, effectiveSize } };
    },
  });
  const { bound, effectiveSize } = told as Pick<ParticleTrace, "bound" | "effectiveSize">;
  return { ...unrolled, bound, effectiveSize, state: { ...unrolled.state, ...own } };
}

/** A particle axis of size 1 behind `[T, B]`. */
const perRow = (x: Tensor): Tensor => unsqueeze(x, 2);

const unitsPerRow = ({ shift, scale, cell }: EmissionUnits): EmissionUnits => ({
  shift: perRow(shift),
  scale: perRow(scale),
  cell: perRow(cell),
});

const eachOf = (tensors: Tensors, change: (tensor: Tensor) => Tensor): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));

/** log p(x | z) + log p(z) − log q(z) of a step, `[B, N]`. */
function incrementOf({ logLikelihood, logPriorRatio }: StepResult): Tensor {
  const likelihood = sum(logLikelihood, [-1]); // [B, N]
  const width = logPriorRatio.shape[logPriorRatio.rank - 1];
  return width === 0 ? likelihood : add(likelihood, sum(logPriorRatio, [-1]));
}

interface Weighed {
  /** `[B, N]`, relative to their mean: Σ exp = N. */
  readonly logWeights: Tensor;
  /** `[B]` */
  readonly bound: Tensor;
  readonly effectiveSize: Tensor;
  /** `[B, N]`, summing to 1. */
  readonly shares: Tensor;
}

function weigh(logWeights: Tensor, increment: Tensor, particles: number): Weighed {
  const weights = add(logWeights, increment); // [B, N]
  const mean = sub(logSumExp(weights, [-1], { keepDims: true }), Math.log(particles)); // [B, 1]
  const shares = softmax(weights); // [B, N]
  return {
    logWeights: sub(weights, mean),
    bound: squeeze(mean, -1),
    effectiveSize: div(1, sum(square(shares), [-1])),
    shares,
  };
}

/** The state of the particles that go on: drawn anew where their weights have become uneven. */
function resampled(
  model: Model,
  state: State,
  { logWeights, effectiveSize, shares }: Weighed,
  uniform: Tensor,
  particles: number,
): { readonly state: State; readonly own: State } {
  const isUneven = unsqueeze(less(effectiveSize, particles / 2), -1); // [B, 1]
  const ancestors = where(
    isUneven,
    ancestorsAt(shares, positionsOf(uniform, particles), particles - 1),
    identity(particles),
  ); // [B, N]
  const rows = rowsOf(ancestors, particles);
  const shared = sharedParts(model);
  const moved = Object.entries(state).map(([part, value]) => [
    part,
    shared.has(part) ? value : selected(value, rows, particles),
  ]);
  return {
    state: Object.fromEntries(moved),
    own: { [LOG_WEIGHTS]: where(isUneven, filledLike(logWeights, 0), logWeights) },
  };
}

const identity = (particles: number): Tensor =>
  constant([...Array(particles).keys()], [1, particles], "int64");

/** Evenly spaced from one uniform number, or as they were drawn, `[B, N]`. */
function positionsOf(uniform: Tensor, particles: number): Tensor {
  const drawn = uniform.shape[uniform.rank - 1] as number;
  if (drawn === particles && particles > 1) return uniform;
  const places = constant([...Array(particles).keys()], [particles]);
  return div(add(places, uniform), particles);
}

/** Ancestors `[B, N]` as rows of all particles of the batch, int64. */
function rowsOf(ancestors: Tensor, particles: number): Tensor {
  const ones = filledLike({ dtype: "float32", shape: [ancestors.shape[0]!, 1] }, 1); // [B, 1]
  const row = sub(cumsum(ones, 0), 1); // [B, 1]
  return add(ancestors, cast(mul(row, particles), "int64"));
}

/** The particles with those ancestors. @param value `[B, N, ...]` @param rows int64 `[B, N]` */
function selected(value: Tensor, rows: Tensor, particles: number): Tensor {
  const [batch, , ...shape] = value.shape;
  const flat = reshape(value, [product([batch!, particles]), ...shape]); // [B·N, ...]
  return gatherRows(flat, rows);
}
