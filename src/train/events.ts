/** What happened while training, in the order in which it did. */
export type TrainingEvent = StepEvent | EpochEvent | EndEvent;

/** A step of the optimiser was done. */
export interface StepEvent {
  readonly type: "step";
  readonly step: number;
  readonly epoch: number;
  /** The share of this epoch's batches that is done, in (0, 1]. */
  readonly progress: number;
  /** Nats per step of this batch: the (unweighted) bound. */
  readonly natsPerStep: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/** A pass over the training data was done, and the validation data looked at. */
export interface EpochEvent {
  readonly type: "epoch";
  readonly step: number;
  readonly epoch: number;
  readonly train: BoundSummary;
  readonly valid: BoundSummary;
  /** Whether this is the best validation bound so far. */
  readonly best: boolean;
  /** What else there is to say of it, for people. */
  readonly note?: string;
}

/** Training has ended, and why. */
export interface EndEvent {
  readonly type: "end";
  readonly step: number;
  readonly epoch: number;
  readonly reason: "finished" | "early-stopping" | "interrupted";
}

/**
 * A bound pooled over steps, in nats per step, and the figures of the objective: of the evidence lower bound
 * `logLikelihood` and `kl`.
 */
export interface BoundSummary {
  readonly natsPerStep: number;
  readonly [figure: string]: number;
}
