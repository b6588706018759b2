/** What training makes small, told apart from how it is done: an objective reads a trace and gives sums. */
import type { Tensor } from "../graph/index.ts";
import type { Model, ModelInput, Tensors, Transcribed } from "../models/model.ts";
import type { ParticleOptions } from "../models/particle-unroll.ts";
import type { Unrolled } from "../models/unroll.ts";
import type { Net } from "../nn/net.ts";

/**
 * What a sum is taken over. Hosts know these counts before anything is computed, and feed them as `count.<name>`:
 * steps of which anything was observed, all steps, sequences, and of sequences or steps those whose label is known.
 */
export type CountName = "observedSteps" | "steps" | "sequences" | "labelled";

/** A sum over the rows of a shard, and what makes a mean of it. */
export interface Term {
  /** Scalar. */
  readonly sum: Tensor;
  readonly per: CountName;
  /** How much it counts; 1 unless told. Of 0 no gradient is computed. */
  readonly weight?: number;
}

/** What was computed for some sequences. */
export interface Trace {
  /** What the model says of each step; by particles where the objective asks for them. */
  readonly unrolled: Unrolled;
  /** Of particles: `[T, B]` each. */
  readonly bound?: Tensor;
  readonly effectiveSize?: Tensor;
  /** `[T, B, D]`: the data, anything where nothing was observed. */
  readonly x: Tensor;
  /** `[T, B, D]`: 1 where an entry was observed. */
  readonly mask: Tensor;
  /** What the model's readout says of each sequence, `[B, L]`, or step, `[T, B, L]`; absent without one, and of particles. */
  readonly logits?: Tensor;
  /** What the model's transcriber says of the symbols of each field at each step; absent without one, and of particles. */
  readonly symbols?: Transcribed["told"];
  /** What the latent variables of each sequence say of its tokens, `[B, V]`; absent of a model that tells no bag of words. */
  readonly bag?: Tensor;
  /** Of a model with `asides`: what is known of each sequence, `[B, ·]`; absent of particles. */
  readonly given?: Tensors;
  /** Of a model with `zForcing`: how likely its evidence is given z, `[T, B]`; absent of particles. */
  readonly forced?: Tensor;
  /** The model's parameters by name, those among them that the objective alone reads. */
  readonly net: Net;
  /** What the objective declared as `inputs`. */
  readonly inputs: Tensors;
}

/** What an objective is fed beside the trace. */
export interface Fed {
  /** A scalar of its `schedule`. @throws VrnnError `objective/undeclared` for another */
  scalar(name: string): Tensor;
  /** A vector of its `running` means. @throws VrnnError `objective/undeclared` for another */
  running(name: string): Tensor;
}

/** Sums over the rows of a shard. */
export interface Terms {
  /** What is made small: the means of these, added up. One of them has to count. */
  readonly loss: readonly Term[];
  /** Scalars: the sum of each figure over the rows of a shard. */
  readonly figures: Readonly<Record<string, Tensor>>;
  /** `[width]`: sums over the rows of a shard that become the next running means. */
  readonly running?: Readonly<Record<string, Tensor>>;
}

/** Totals of figures over all batches, by name. */
export type Totals = Readonly<Record<string, number>>;

/**
 * A mean over the whole batch that an objective is fed with the next one; 0 before the first. Held-out data are told by
 * those that training has come to, and by 0 where nothing is trained.
 */
export interface RunningMean {
  /** How many numbers it has. */
  width(model: Model): number;
  readonly per: CountName;
}

/** What says which of several epochs is the best. */
export interface Selection {
  /** One of the objective's figures. */
  readonly figure: string;
  readonly better: "more" | "less";
}

/**
 * What training makes small: it reads what was computed for some sequences, and gives sums. Figures, scalars and running
 * means are named; `weightedSum` makes one objective of several.
 *
 * @example
 * // The states after each step are kept small, beside the evidence lower bound.
 * const small: Objective = {
 *   figures: { activity: "steps" },
 *   schedule: () => ({}),
 *   terms: ({ unrolled }) => {
 *     const activity = graph.sum(graph.square(unrolled.states["h"]!));
 *     return { loss: [{ sum: activity, per: "steps" }], figures: { activity } };
 *   },
 * };
 * const objective = weightedSum({
 *   elbo: { objective: objectives.elbo.create({}), weight: 1 },
 *   small: { objective: small, weight: 0.01 },
 * });
 * const trainer = await Trainer.create({ model, data, options, objective, runtime });
 */
export interface Objective {
  /** Particles that each sequence is followed by; absent: one, with the divergence in closed form. */
  readonly particles?: ParticleOptions;
  /** What it wants to be fed of the data beside what the model asks for; absent: nothing. */
  inputs?(model: Model): Readonly<Record<string, ModelInput>>;
  /** Whether it looks at sequences of a model as wholes, so that no window may cut them; absent: it does not. */
  isOfWholes?(model: Model): boolean;
  /** What is told beside the loss, and what each figure is a mean over. */
  readonly figures: Readonly<Record<string, CountName>>;
  /** What it remembers of the batch before; absent: nothing. */
  readonly running?: Readonly<Record<string, RunningMean>>;
  /**
   * The scalars that it is fed at a step of the optimiser, counted from 0: always the same names. Held-out data are told by
   * those of a step far beyond any (`Number.MAX_SAFE_INTEGER`), so that epochs are compared by what warm-up ends at.
   */
  schedule(step: number): Readonly<Record<string, number>>;
  /** What is made small and what is told, for the rows of one shard. */
  terms(trace: Trace, fed: Fed): Terms;
  /** The bound in nats, from the totals of figures; absent: that of the trace is told beside it. */
  bound?(totals: Totals): number;
  /** The figure that the best epoch is chosen by; absent: the bound in nats per step, the more the better. */
  readonly select?: Selection;
}

/** An objective that tells how likely data are. */
export interface ObjectiveWithBound extends Objective {
  bound(totals: Totals): number;
}
