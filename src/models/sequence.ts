/**
 * The contract of a sequence model, and what every model that keeps it can do.
 *
 * A model implements: its parameters, the sizes of its state, `observe` (one step of data: how likely it was, and the
 * state after it) and `imagine` (one step of its own). It inherits: scoring whole sequences, the bound on their
 * likelihood, latent trajectories and sampling. A step is written for one moment, `[B, ·]`; the passes over the graph
 * decide what leaves the loop.
 */
import type { Draws, Emission } from "../distributions/emission.ts";
import { input, mul, scan, type Tensor } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import type { Parameter, Weights } from "../nn/parameters.ts";

/** One step of data. */
export interface Observation {
  /** `[B, D]`, scaled as in a batch; anything where the mask is 0. */
  readonly x: Tensor;
  /** `[B, D]`: 1 where the entry was observed. */
  readonly mask: Tensor;
  /** `[B, Z]`: standard normal numbers. */
  readonly noise: Tensor;
}

/** What a model says of one step of data. */
export interface Judgement {
  /** `[B, D]`: the log-likelihood of each entry in nats; 0 where nothing was observed. */
  readonly logLikelihood: Tensor;
  /** `[B, Z]`: the divergence of the posterior from the prior in each latent dimension, in nats. */
  readonly divergence: Tensor;
  /** `[B, Z]`: the posterior mean. */
  readonly latent: Tensor;
  /** `[B, D]`: the expected value of each column, had the latent variable been known. */
  readonly expected: Tensor;
}

export interface Imagined {
  /** `[B, D]`: a sample, scaled as in a batch. */
  readonly x: Tensor;
}

/** Random numbers for one imagined step. */
export interface Imagination extends Draws {
  /** `[B, Z]`: standard normal numbers. */
  readonly noise: Tensor;
  /** Scalar: 1 is the model's own spread, less is tamer. */
  readonly temperature: Tensor;
}

/** Drops parts of some hidden values while training; does nothing otherwise. */
export type Regularise = (site: string, values: Tensor) => Tensor;

export interface SequenceModel {
  readonly parameters: readonly Parameter[];
  readonly stateSizes: Readonly<Record<string, number>>;
  readonly latentSize: number;
  readonly emission: Emission;
  /** Where dropout may act, with the width of the values there. */
  readonly dropoutSites: Readonly<Record<string, number>>;
  observe(
    weights: Weights,
    state: State,
    observation: Observation,
    regularise: Regularise,
  ): { state: State; outputs: Judgement };
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

/** Declares the inputs of a graph over sequences: `x`, `mask`, `noise`, `state.<part>`, `dropout.<site>`. */
export function sequenceInputs(
  model: SequenceModel,
  { columns, dropout = false }: SequenceInputOptions,
): SequenceInputs {
  const each = (prefix: string, sizes: Readonly<Record<string, number>>, lead: readonly string[]) =>
    Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [name, input(`${prefix}.${name}`, [...lead, size])]),
    );
  return {
    x: input("x", ["T", "B", columns]),
    mask: input("mask", ["T", "B", columns]),
    noise: input("noise", ["T", "B", model.latentSize]),
    state: each("state", model.stateSizes, ["B"]),
    dropout: dropout ? each("dropout", model.dropoutSites, ["T", "B"]) : {},
  };
}

export interface Judged extends Judgement {
  /** The state after the last step. */
  readonly state: State;
}

/** What a model says of whole sequences: each part of a judgement for all steps, `[T, B, ·]`. */
export function judge(model: SequenceModel, weights: Weights, inputs: SequenceInputs): Judged {
  const { state, dropout, x, mask, noise } = inputs;
  const keep = (site: string): string => `dropout.${site}`; // a site may be called x
  const masks = Object.fromEntries(Object.entries(dropout).map(([site, values]) => [keep(site), values]));
  const { state: final, outputs } = scan({
    state,
    over: { x, mask, noise, ...masks } as Record<string, Tensor>,
    step: (before, slices) => {
      const { x: now, mask: seen, noise: draw } = slices as Record<"x" | "mask" | "noise", Tensor>;
      const regularise: Regularise = (site, values) =>
        dropout[site] === undefined ? values : mul(values, slices[keep(site)] as Tensor);
      const { state: after, outputs: judgement } = model.observe(
        weights,
        before,
        { x: now, mask: seen, noise: draw },
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

/** Declares the inputs of a sampling graph: `noise`, `uniform`, `normal` per step, `temperature`, `state.<part>`. */
export function imaginationInputs(model: SequenceModel): ImaginationInputs {
  const perStep = (name: string, size: number) => input(name, ["T", "B", size]);
  return {
    noise: perStep("noise", model.latentSize),
    uniform: perStep("uniform", model.emission.uniforms),
    normal: perStep("normal", model.emission.normals),
    temperature: input("temperature", []),
    state: Object.fromEntries(
      Object.entries(model.stateSizes).map(([name, size]) => [name, input(`state.${name}`, ["B", size])]),
    ),
  };
}

/** Sequences that the model makes up, `[T, B, D]`, each step fed back as the next one's past. */
export function imagine(
  model: SequenceModel,
  weights: Weights,
  inputs: ImaginationInputs,
): Imagined & { readonly state: State } {
  const { state, temperature, noise, uniform, normal } = inputs;
  const result = scan({
    state,
    over: { noise, uniform, normal },
    step: (before, draws) => {
      const { state: after, outputs } = model.imagine(weights, before, { ...draws, temperature });
      return { state: after, outputs: { x: outputs.x } };
    },
  });
  return { x: result.outputs.x, state: result.state };
}
