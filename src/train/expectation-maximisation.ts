import type { Dataset, Sequence } from "../data/dataset.ts";
import { sequenceSource, tableFields } from "../data/field-dataset.ts";
import type { SequenceSource } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import { type EmIteration, isLatent, type Model, type Restarts } from "../models/model.ts";
import { float32, type TensorValue } from "../runtime/runtime.ts";
import { counted, nats } from "../words/figures.ts";
import { Evaluator } from "./evaluate.ts";
import type { BoundSummary, EndEvent, EpochEvent, TrainingEvent } from "./events.ts";
import { objectiveOf, type TrainingOptions } from "./options.ts";
import { likeliestStart } from "./restarts.ts";
import type { TrainerOptions, TrainingState } from "./trainer.ts";
import { requireSame } from "./updater.ts";
import { initialWeights } from "./weights.ts";

/**
 * Learns a model by expectation maximisation on the host: an epoch is one iteration over all training sequences, whole.
 * The likelihood of the training data never lowers, up to the rounding of weights to float32, from which each iteration
 * begins, so that one that was saved takes the same way. Which of its maxima is reached depends on where it begins: a model with
 * restarts begins anew so many times, for some iterations each, and goes on with the likeliest.
 *
 * Of the options it reads `epochs`, `patience`, `seed`, and how validation data is evaluated.
 *
 * @example
 * const learner = await ExpectationMaximisation.create({ model, data, options, runtime });
 * for await (const event of learner.fit()) if (event.type === "epoch") console.log(event.train.natsPerStep);
 * await learner.dispose();
 */
export class ExpectationMaximisation {
  readonly model: Model;
  private readonly data: Dataset;
  private readonly options: TrainingOptions;
  private readonly evaluator: Evaluator;
  private readonly iterate: Iterate;
  private readonly restarts: Restarts | undefined;
  private readonly present: Float32Array;
  private readonly best: Float32Array;
  private bestValid: number | null = null;
  private epoch = 0;
  private epochsSinceBest = 0;

  private constructor({ model, data, options, from }: TableTraining, iterate: Iterate, evaluator: Evaluator) {
    this.model = model;
    this.data = data;
    this.options = options;
    this.evaluator = evaluator;
    this.iterate = iterate;
    this.restarts = from === undefined && !isLatent(model) ? model.restarts : undefined;
    this.present = from?.slice() ?? initialWeights(model.parameters, options.seed);
    this.best = this.present.slice();
  }

  /**
   * @throws VrnnError `train/no-em` when the model is not learnt so, `train/no-objective` when it is handed one, `hmm/em`
   * when the model's columns are not learnt so, `hmm/states` for more states than steps, `runtime/compile`
   */
  static async create(settings: TrainerOptions): Promise<ExpectationMaximisation> {
    const { model, options, runtime, objective } = settings;
    if (objective !== undefined) throw noObjective();
    const data = tableOf(settings.data);
    const iterate = iterateOf(model);
    iterate(initialWeights(model.parameters, options.seed), data.splits.train); // what it cannot learn it refuses at once
    const evaluator = await Evaluator.create(
      runtime,
      model,
      tableFields(data),
      await objectiveOf(options),
      options,
    );
    return new ExpectationMaximisation({ ...settings, data }, iterate, evaluator);
  }

  /** The present weights, `[P]`. */
  get weights(): Float32Array {
    return this.present;
  }

  /** The weights with the best validation likelihood so far, `[P]`. */
  get bestWeights(): Float32Array {
    return this.best;
  }

  /** The pooled log-likelihood of some sequences under the best weights, in nats per step. */
  evaluate(sequences: readonly Sequence[] | SequenceSource): Promise<BoundSummary> {
    return this.boundOf(this.best, sequences);
  }

  /** Everything is on the host already. */
  async download(): Promise<void> {}

  /** All that a resumed run needs; a step is an iteration. */
  get state(): TrainingState {
    const { epoch, bestValid, epochsSinceBest, present, best } = this;
    return {
      cursor: { step: epoch, epoch, batch: 0, bestValid, epochsSinceBest, sums: {} },
      tensors: { parameters: float32([present.length], present), best: float32([best.length], best) },
    };
  }

  /** Goes on from a saved state. @throws VrnnError `checkpoint/mismatch` */
  resume({ cursor, tensors }: TrainingState): void {
    requireSame(this.state.tensors, tensors);
    this.present.set((tensors["parameters"] as TensorValue<"float32">).data);
    this.best.set((tensors["best"] as TensorValue<"float32">).data);
    this.epoch = cursor.epoch;
    this.bestValid = cursor.bestValid;
    this.epochsSinceBest = cursor.epochsSinceBest;
  }

  /**
   * Iterates until the options say that it is enough, or the signal that it is to stop. The `train` of an epoch is the
   * likelihood before its iteration, which is what an iteration computes.
   *
   * @throws VrnnError `train/not-finite`
   */
  async *fit(signal?: AbortSignal): AsyncGenerator<TrainingEvent> {
    const { epochs, patience } = this.options;
    while (this.epoch < epochs) {
      if (signal?.aborted) return yield this.end("interrupted");
      if (patience > 0 && this.epochsSinceBest >= patience) return yield this.end("early-stopping");
      const told =
        this.epoch === 0 && this.restarts !== undefined ? await this.begin(this.restarts, signal) : {};
      if (told === undefined) return yield this.end("interrupted");
      yield { ...(await this.iteration()), ...told };
    }
    yield this.end("finished");
  }

  /**
   * Begins with the likeliest of some starts; when the time is over, of those until then.
   *
   * @returns what there is to say of them; undefined when it was asked to stop: whoever resumes begins anew, and comes to the same
   */
  private async begin(
    restarts: Restarts,
    signal: AbortSignal | undefined,
  ): Promise<Pick<EpochEvent, "note"> | undefined> {
    const { train: sequences } = this.data.splits;
    const { seed } = this.options;
    const first = initialWeights(this.model.parameters, seed);
    const starts = likeliestStart({ restarts, iterate: this.iterate, first, sequences, seed });
    let next = starts.next(false);
    while (!next.done) {
      await new Promise((turn) => setTimeout(turn)); // the signal may come from a timer
      if (signal?.aborted && !isTimeout(signal)) return undefined;
      next = starts.next(signal?.aborted === true);
    }
    const { weights, trials } = next.value;
    this.present.set(weights);
    return trials.length === 0 ? {} : { note: startWords(trials, stepsOf(sequences)) };
  }

  private async iteration(): Promise<EpochEvent> {
    const { train: sequences, valid: held } = this.data.splits;
    const { weights, logLikelihood } = firstOf(this.iterate(this.present, sequences));
    if (!Number.isFinite(logLikelihood) || !weights.every(Number.isFinite)) throw notFinite(this.epoch + 1);
    this.present.set(weights);
    const train = { natsPerStep: logLikelihood / Math.max(1, stepsOf(sequences)) };
    const valid = held.length > 0 ? await this.boundOf(this.present, held) : train;
    if (!Number.isFinite(valid.natsPerStep)) throw notFinite(this.epoch + 1);
    const best = this.bestValid === null || valid.natsPerStep > this.bestValid;
    if (best) this.keep(valid.natsPerStep);
    this.epoch += 1;
    this.epochsSinceBest = best ? 0 : this.epochsSinceBest + 1;
    return { type: "epoch", step: this.epoch, epoch: this.epoch, train, valid, best };
  }

  private boundOf(
    weights: Float32Array,
    sequences: readonly Sequence[] | SequenceSource,
  ): Promise<BoundSummary> {
    return this.evaluator.bound(weights, sequenceSource(sequences, tableFields(this.data)));
  }

  private keep(natsPerStep: number): void {
    this.bestValid = natsPerStep;
    this.best.set(this.present);
  }

  private end(reason: EndEvent["reason"]): EndEvent {
    return { type: "end", step: this.epoch, epoch: this.epoch, reason };
  }

  /** Gives back its session. */
  dispose(): Promise<void> {
    return this.evaluator.dispose();
  }
}

/** Whether a signal says that the time is over, as that of `AbortSignal.timeout` does. */
const isTimeout = ({ reason }: AbortSignal): boolean =>
  reason instanceof Error && reason.name === "TimeoutError";

/** What starts came to. @param trials nats of all sequences, of each start */
function startWords(trials: readonly number[], steps: number): string {
  const figures = trials.map((each) => nats(each / Math.max(1, steps))).join(", ");
  return `${counted(trials.length, "start")} came to ${figures} nats per training step; start ${trials.indexOf(Math.max(...trials)) + 1} goes on`;
}

const stepsOf = (sequences: readonly Sequence[]): number =>
  sequences.reduce((all, { length }) => all + length, 0);

/** What is learnt so is a table in memory. */
interface TableTraining extends TrainerOptions {
  readonly data: Dataset;
}

/** @throws VrnnError `train/no-table` */
function tableOf(data: TrainerOptions["data"]): Dataset {
  if ("columns" in data) return data;
  throw new VrnnError("train/no-table", "expectation maximisation learns from tables in memory", {
    remedy: 'train it by gradients: learner "gradient"',
  });
}

const notFinite = (iteration: number): VrnnError =>
  new VrnnError("train/not-finite", "the likelihood or a weight is not finite", {
    at: `iteration ${iteration}`,
    remedy:
      "the weights of the iteration before are kept; look for extreme values and for columns that follow from others (--drop), or try fewer states",
  });

const firstOf = (iterations: Iterable<EmIteration>): EmIteration =>
  iterations[Symbol.iterator]().next().value as EmIteration;

const noObjective = (): VrnnError =>
  new VrnnError(
    "train/no-objective",
    "expectation maximisation raises the likelihood, and no other objective",
    {
      at: "objective",
      remedy: 'leave it out, or train by gradients: learner "gradient"',
    },
  );

type Iterate = (weights: Float32Array, sequences: readonly Sequence[]) => Iterable<EmIteration>;

/** @throws VrnnError `train/no-em` */
function iterateOf(model: Model): Iterate {
  const iterate = isLatent(model) ? undefined : model.expectationMaximisation?.bind(model);
  if (iterate !== undefined) return iterate;
  throw new VrnnError("train/no-em", "the model is not learnt by expectation maximisation", {
    remedy: 'train it by gradients: learner "gradient"',
  });
}
