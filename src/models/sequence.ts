/**
 * The contract of a sequence model, and what every model that keeps it can do.
 *
 * A model implements: its parameters, the sizes of its state, `observe` (one step of data: how likely it was, and the
 * state after it) and `imagine` (one step of its own). It inherits: scoring whole sequences, the bound on their
 * likelihood, latent trajectories and sampling. A step is written for one moment, `[B, ·]`; the passes over the graph
 * decide what leaves the loop.
 */
import type { ConditionColumn } from "../data/dataset.ts";
import type { Draws, Emission } from "../distributions/emission.ts";
import { type Dim, input, mul, type Shape, scan, type Tensor } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import type { Parameter, Weights } from "../nn/parameters.ts";

/** What is known beside one step of data, of a model with conditions. */
export interface Condition {
  /** `[B, C]`, scaled as in a batch; anything where the mask is 0. */
  readonly values: Tensor;
  /** `[B, C]`: 1 where the entry is known. All 0: the condition is not given. */
  readonly mask: Tensor;
}

/** One step of data. */
export interface Observation {
  /** `[B, D]`, scaled as in a batch; anything where the mask is 0. */
  readonly x: Tensor;
  /** `[B, D]`: 1 where the entry was observed. */
  readonly mask: Tensor;
  /** `[B, Z]`: standard normal numbers. */
  readonly noise: Tensor;
  /** Of a model with conditions. */
  readonly condition?: Condition;
}

/** What a model says of one step of data. */
export interface Judgement {
  /** `[B, D]`: the log-likelihood of each entry in nats; 0 where nothing was observed. */
  readonly logLikelihood: Tensor;
  /** `[B, Z]`: the divergence of the posterior from the prior in each latent dimension, in nats. */
  readonly divergence: Tensor;
  /** `[B, Z]`: log p(z) − log q(z) of the latent variables that were drawn; its expectation is minus the divergence. */
  readonly logRatio: Tensor;
  /** `[B, Z]`: the posterior mean and standard deviation. */
  readonly latent: Tensor;
  readonly latentScale: Tensor;
  /** `[B, D]`: the expected value of each column, had the latent variable been known. */
  readonly expected: Tensor;
  /** `[B, width]`: the parameters of the emission, given the latent variables that were drawn. */
  readonly raw: Tensor;
}

/** One step that a model makes up. */
export interface Imagined {
  /** `[B, D]`: a sample, scaled as in a batch. */
  readonly x: Tensor;
  /** `[B, D]`: the expected value of each column, given the latent variables that were drawn. */
  readonly expected: Tensor;
}

/** Random numbers for one imagined step. */
export interface Imagination extends Draws {
  /** `[B, Z]`: standard normal numbers. */
  readonly noise: Tensor;
  /** Scalar: 1 is the model's own spread, less is tamer. */
  readonly temperature: Tensor;
  /** Of a model with conditions. */
  readonly condition?: Condition;
}

/** Drops parts of some hidden values while training; does nothing otherwise. */
export type Regularise = (site: string, values: Tensor) => Tensor;

/** Drops nothing. */
export const unchanged: Regularise = (_, values) => values;

/**
 * What a model implements. `examples/16-own-model.ts` is one in a page; `docs/adding-a-model.md` tells how it is made.
 *
 * All shapes are those of one moment: `[B, ·]`. Both steps are called once, when a graph is built.
 */
export interface SequenceModel {
  /** Everything that is trained. */
  readonly parameters: readonly Parameter[];
  /** The parts of its state with their widths, `[B, size]` each; all zeros before the first step. */
  readonly stateSizes: Readonly<Record<string, number>>;
  /** Z: how many latent variables a step has. */
  readonly latentSize: number;
  /** The distribution of the columns. */
  readonly emission: Emission;
  /** What it takes beside the data; absent: nothing. */
  readonly conditions?: readonly ConditionColumn[];
  /** Where dropout may act, with the width of the values there. */
  readonly dropoutSites: Readonly<Record<string, number>>;
  /** Takes in one step of data: how likely it was, and the state after it. */
  observe(
    weights: Weights,
    state: State,
    observation: Observation,
    regularise: Regularise,
  ): { state: State; outputs: Judgement };
  /** Makes up one step: latent variables from the prior, a sample from the emission, and the state after it. */
  imagine(weights: Weights, state: State, imagination: Imagination): { state: State; outputs: Imagined };
}

/** Sequences and what a model needs beside them, `[T, B, ·]`; one lane per sequence. */
export interface SequenceInputs extends Observation {
  readonly state: State;
  /** A keep mask per dropout site, `[T, B, width]`; absent: no dropout. */
  readonly dropout: Readonly<Record<string, Tensor>>;
}

export interface SequenceInputOptions {
  readonly columns: number;
  /** Whether there are masks for the dropout sites. */
  readonly dropout?: boolean;
}

/** The inputs of a model with conditions: `condition` and `condition.mask`, `[...lead, C]`. */
export function conditionInput({ conditions = [] }: SequenceModel, lead: Shape): { condition?: Condition } {
  if (conditions.length === 0) return {};
  const values = input("condition", [...lead, conditions.length]);
  return { condition: { values, mask: input("condition.mask", [...lead, conditions.length]) } };
}

/** The inputs of a model's state, `state.<part>`, `[B, size]`. */
export const stateInputs = ({ stateSizes }: SequenceModel, lanes: Dim = "B"): State =>
  Object.fromEntries(
    Object.entries(stateSizes).map(([part, size]) => [part, input(`state.${part}`, [lanes, size])]),
  );

/** The state after the last step under the names by which programs give it, `state.<part>.next`. */
export const statesAfter = (state: State): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(state).map(([part, value]) => [`state.${part}.next`, value]));

/** A condition among the sequences that a scan goes over, and how a step finds it. */
export const overCondition = (condition: Condition | undefined): Record<string, Tensor> =>
  condition === undefined ? {} : { condition: condition.values, "condition.mask": condition.mask };

export const conditionAt = (slices: Readonly<Record<string, Tensor>>): { condition?: Condition } => {
  const { condition, "condition.mask": mask } = slices;
  return condition === undefined || mask === undefined ? {} : { condition: { values: condition, mask } };
};

/**
 * Declares the inputs of a graph over sequences: `x`, `mask`, `noise`, `state.<part>`, `dropout.<site>`, and
 * `condition`, `condition.mask` of a model with conditions.
 */
export function sequenceInputs(
  model: SequenceModel,
  { columns, dropout = false }: SequenceInputOptions,
): SequenceInputs {
  const dropoutInputs = () =>
    Object.fromEntries(
      Object.entries(model.dropoutSites).map(([site, size]) => [
        site,
        input(`dropout.${site}`, ["T", "B", size]),
      ]),
    );
  return {
    x: input("x", ["T", "B", columns]),
    mask: input("mask", ["T", "B", columns]),
    noise: input("noise", ["T", "B", model.latentSize]),
    ...conditionInput(model, ["T", "B"]),
    state: stateInputs(model),
    dropout: dropout ? dropoutInputs() : {},
  };
}

export interface Judged extends Judgement {
  /** The state after the last step. */
  readonly state: State;
}

/** What a model says of whole sequences: each part of a judgement for all steps, `[T, B, ·]`. */
export function judge(model: SequenceModel, weights: Weights, inputs: SequenceInputs): Judged {
  const { state, dropout, x, mask, noise, condition } = inputs;
  const keep = (site: string): string => `dropout.${site}`; // a site may be called x
  const masks = Object.fromEntries(Object.entries(dropout).map(([site, values]) => [keep(site), values]));
  const { state: final, outputs } = scan({
    state,
    over: { x, mask, noise, ...overCondition(condition), ...masks } as Record<string, Tensor>,
    step: (before, slices) => {
      const { x: now, mask: seen, noise: draw } = slices as Record<"x" | "mask" | "noise", Tensor>;
      const regularise: Regularise = (site, values) =>
        dropout[site] === undefined ? values : mul(values, slices[keep(site)] as Tensor);
      const { state: after, outputs: judgement } = model.observe(
        weights,
        before,
        { x: now, mask: seen, noise: draw, ...conditionAt(slices) },
        regularise,
      );
      return { state: after, outputs: judgement as unknown as Record<string, Tensor> };
    },
  });
  return { ...(outputs as unknown as Judgement), state: final };
}

export interface ImaginationInputs extends Imagination {
  readonly state: State;
}

/**
 * Declares the inputs of a sampling graph: `noise`, `uniform`, `normal` per step, `temperature`, `state.<part>`, and
 * `condition`, `condition.mask` of a model with conditions.
 */
export function imaginationInputs(model: SequenceModel): ImaginationInputs {
  const perStep = (name: string, size: number) => input(name, ["T", "B", size]);
  return {
    noise: perStep("noise", model.latentSize),
    uniform: perStep("uniform", model.emission.uniforms),
    normal: perStep("normal", model.emission.normals),
    temperature: input("temperature", []),
    ...conditionInput(model, ["T", "B"]),
    state: stateInputs(model),
  };
}

/** Sequences that the model makes up, `[T, B, D]`, each step fed back as the next one's past. */
export function imagine(
  model: SequenceModel,
  weights: Weights,
  inputs: ImaginationInputs,
): Imagined & { readonly state: State } {
  const { state, temperature, noise, uniform, normal, condition } = inputs;
  const result = scan({
    state,
    over: { noise, uniform, normal, ...overCondition(condition) } as Record<string, Tensor>,
    step: (before, slices) => {
      const draws = slices as Record<"noise" | "uniform" | "normal", Tensor>;
      const imagination = {
        noise: draws.noise,
        uniform: draws.uniform,
        normal: draws.normal,
        temperature,
        ...conditionAt(slices),
      };
      const { state: after, outputs } = model.imagine(weights, before, imagination);
      return { state: after, outputs: { ...outputs } };
    },
  });
  return { ...result.outputs, state: result.state };
}
