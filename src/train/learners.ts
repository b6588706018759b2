/** Every way to learn by its name: a row each. */
import type { Sequence } from "../data/dataset.ts";
import type { SequenceSource } from "../data/source.ts";
import type { Model } from "../models/model.ts";
import type { BoundSummary, TrainingEvent } from "./events.ts";
import { ExpectationMaximisation } from "./expectation-maximisation.ts";
import type { LearnerName } from "./learner-names.ts";
import { Trainer, type TrainerOptions, type TrainingState } from "./trainer.ts";

/** What learns the weights of a model. */
export interface Learner {
  readonly model: Model;
  /** The present weights, `[P]`. */
  readonly weights: Float32Array;
  /** The weights with the best validation bound so far, `[P]`. */
  readonly bestWeights: Float32Array;
  /** All that a resumed run needs; between two events it can be saved. */
  readonly state: TrainingState;
  /** Brings weights and state back from where they are computed; they can be read then. */
  download(): Promise<void>;
  /** Goes on from a saved state. @throws VrnnError `checkpoint/mismatch` */
  resume(state: TrainingState): void;
  /** Learns until the options say that it is enough, or the signal that it is to stop. */
  fit(signal?: AbortSignal): AsyncGenerator<TrainingEvent>;
  /** The pooled bound of some sequences under the best weights, in nats per step. */
  evaluate(sequences: readonly Sequence[] | SequenceSource): Promise<BoundSummary>;
  /** Gives back sessions and threads. */
  dispose(): Promise<void>;
}

export interface LearnerRow {
  create(settings: TrainerOptions): Promise<Learner>;
}

/**
 * @example
 * const learner = await learners.em.create({ model: new Hmm({ columns, states: 3 }), data, options, runtime });
 */
export const learners = {
  gradient: {
    /** A trainer. */
    create: (settings) => Trainer.create(settings),
  },
  em: {
    /** An iteration of which is an epoch. */
    create: (settings) => ExpectationMaximisation.create(settings),
  },
} as const satisfies Record<LearnerName, LearnerRow>;
