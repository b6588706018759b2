import { firstOf } from "../collections.ts";
import { type Dataset, type Sequence, SPLIT_NAMES } from "../data/dataset.ts";
import { shardRows } from "../data/feeder.ts";
import { type FieldDataset, fieldDatasetOf, sequenceSource } from "../data/field-dataset.ts";
import type { Drawn } from "../data/one-of-each.ts";
import {
  openBatches,
  type PlannedBatch,
  planBatches,
  rankRows,
  rowsOfRank,
  trainingSpans,
} from "../data/plan.ts";
import type { Reread } from "../data/reread.ts";
import type { Index, Part, SequenceSource } from "../data/source.ts";
import type { VrnnError } from "../errors.ts";
import { capabilitiesOf, isLatent, type Model } from "../models/model.ts";
import { shardNames, stateNames } from "../names.ts";
import { ownObjective } from "../objectives/loading.ts";
import type { Objective, ObjectiveWithBound, Totals } from "../objectives/objective.ts";
import { Random } from "../random/generator.ts";
import { allOrNone } from "../runtime/all-or-none.ts";
import { alone, type Collective, sumOver } from "../runtime/collective.ts";
import { nextTurn } from "../runtime/event-loop.ts";
import {
  type DeviceValue,
  downloaded,
  emptyFloat32,
  float32,
  type Inputs,
  type Runtime,
  type ShardedExecutable,
  type TensorValue,
  type Values,
} from "../runtime/runtime.ts";
import { SerialQueue } from "../runtime/serial-queue.ts";
import { addTotals, batchCounts, type Counts, countFeeds, summarise } from "./counts.ts";
import { diagnose } from "./diagnose.ts";
import { dropoutShares } from "./dropout.ts";
import { Evaluator } from "./evaluate.ts";
import type { BoundSummary, EndEvent, TrainingEvent } from "./events.ts";
import { BatchFeeder, carriedStates, figureTotals, scalarFeeds, totalOf } from "./feeds.ts";
import { weightDropoutFeeds } from "./noise.ts";
import { objectiveOf, type TrainingOptions } from "./options.ts";
import type { piecewiseGradient } from "./piecewise.ts";
import { gradientProgram, lossOptions } from "./programs.ts";
import { RunningMeans } from "./running.ts";
import { learningRateAt } from "./schedules.ts";
import { requireSelectable, scoreOf } from "./selection.ts";
import { type CompileUpdate, requireSame, Updater } from "./updater.ts";
import { initialWeights } from "./weights.ts";

/** How far training has come; with the tensors it is all that a resumed run needs. */
export interface Cursor {
  /** Steps done. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Batches done in the epoch under way. */
  readonly batch: number;
  /** What the best epoch was chosen by: the bound of the validation data in nats per step, or the objective's own score. */
  readonly bestValid: number | null;
  readonly epochsSinceBest: number;
  /** Totals over the epoch under way: the objective's figures in nats, and the counts that means are taken over. */
  readonly sums: Totals;
}

/**
 * A training run between two steps. Tensors: `parameters`, `best`, `optimiser.<name>`, `running.<name>`,
 * `state.<part>.<shard>`.
 */
export interface TrainingState {
  readonly cursor: Cursor;
  readonly tensors: Readonly<Record<string, TensorValue>>;
}

/** What is trained, on what, how and where. */
export interface TrainerOptions {
  readonly model: Model;
  /** Fields and where their sequences come from; a table is one with the field `x`. */
  readonly data: FieldDataset | Dataset;
  readonly options: TrainingOptions;
  /** What is made small, a `weightedSum` or one of your own; the one that the options name unless told. */
  readonly objective?: Objective | undefined;
  readonly runtime: Runtime;
  /** `[P]`: the weights to begin with; fresh ones of the seed unless told. */
  readonly from?: Float32Array | undefined;
  /**
   * Processes that train the model together, each on its rows of every batch: what comes of it depends on how many they
   * are in rounding alone. This process by itself unless told.
   */
  readonly collective?: Collective;
  /** What computes windows in pieces, for `options.recompute`: `piecewiseGradient`. Few need it, and pages do not load it. */
  readonly piecewise?: typeof piecewiseGradient;
  /** What makes the optimiser's update ready: `blockwiseUpdate` is quicker for large models. Pages do not load it. */
  readonly compileUpdate?: CompileUpdate;
  /** What reads a part anew each time that it is learned from, for options that ask for it (`workbench/reread.ts`). Pages do not load it. */
  readonly reread?: Reread;
  /** What says which sequences an epoch goes over; all of them unless told. Pages do not load it. */
  readonly drawn?: Drawn;
}

const start: Cursor = { step: 0, epoch: 0, batch: 0, bestValid: null, epochsSinceBest: 0, sums: {} };

/** One batch, as it goes through a step. */
interface StepJob {
  /** Of the whole batch, whoever has its rows. */
  readonly counts: Counts;
  readonly learningRate: number;
  /** The share of this epoch's batches that is done with it. */
  readonly progress: number;
  /** What every shard is fed, and each one's own; the buffers of shards are fresh at every call. */
  readonly shared: Inputs;
  readonly shards: () => readonly Values[];
}

/**
 * Trains a model. What happens is told as events; between two of them `state` can be saved, and a trainer that
 * continues from it takes the very same steps.
 *
 * @example
 * const trainer = await Trainer.create({ model, data, options, runtime });
 * for await (const event of trainer.fit(signal)) if (event.type === "epoch") console.log(event.valid.natsPerStep);
 */
export class Trainer {
  readonly model: Model;
  private readonly data: FieldDataset;
  private readonly feeder: BatchFeeder;
  /** Of the training sequences. */
  private readonly index: Index;
  private readonly options: TrainingOptions;
  private readonly runtime: Runtime;
  private readonly objective: ObjectiveWithBound;
  private readonly programs: Programs;
  private readonly running: RunningMeans;
  private readonly collective: Collective;
  private readonly reread: Reread | undefined;
  private readonly drawn: Drawn | undefined;
  private readonly batchesPerEpoch: number;
  /** Steps, ends of epochs and evaluations. */
  private readonly turns = new SerialQueue();
  private isFitting = false;
  private cursor = start;
  private readonly best: Float32Array;
  /** The state after the last batch, by shard. */
  private carried: readonly Values[] = [];

  private constructor(
    { model, options, runtime, reread, drawn, collective = alone }: TrainerOptions,
    { data, index, objective }: Given,
    programs: Programs,
  ) {
    this.model = model;
    this.data = data;
    this.index = index;
    this.options = options;
    this.runtime = runtime;
    this.reread = reread;
    this.drawn = drawn;
    this.collective = collective;
    this.objective = objective;
    this.feeder = new BatchFeeder(model, data.fields, options.shards, objective);
    this.programs = programs;
    this.running = new RunningMeans(objective, model);
    this.batchesPerEpoch = this.plan(0).length;
    this.best = this.weights.slice();
  }

  /**
   * Builds and compiles what training runs.
   *
   * @throws VrnnError `train/decay-group`, `train/whole-sequences`, `train/nothing-counted` when there is not a label by
   * which the objective could choose the best epoch, `objective/readout`, and `objective/name`, `objective/select`,
   * `objective/loss`, `objective/untold` and `objective/undeclared` for an objective that model or program cannot have,
   * `runtime/compile`, `train/pieces` where windows cannot be computed in pieces, `train/reread` where there is nothing that reads data anew
   */
  static async create(settings: TrainerOptions): Promise<Trainer> {
    const { model, options, runtime, from, reread } = settings;
    if (reread === undefined && (options.subwordDropout || options.transpose))
      throw (await import("./refused.ts")).notReread();
    const data = fieldDatasetOf(settings.data);
    const told = await (settings.objective ? ownObjective(settings.objective) : objectiveOf(options));
    const objective = hasAuxiliaries(model, options)
      ? (await import("../objectives/rare.ts")).withAuxiliaries(told, model, options)
      : told;
    await requireWholeSequences(model, objective, data, options);
    const index = await data.splits.train.index();
    const first = from ?? initialWeights(model.parameters, options.seed);
    const compiled = gradientOf(settings, objective);
    await requireSelectable(model, objective, data);
    return allOrNone(async (keep) => {
      const gradient = keep(await compiled());
      const updater = keep(await Updater.create(runtime, model, options, first, settings.compileUpdate));
      const evaluator = keep(await Evaluator.create(runtime, model, data.fields, objective, options));
      const gradients: DeviceValue[] = [];
      for (let shard = 0; shard < options.shards; shard++)
        gradients.push(keep(await runtime.upload(emptyFloat32([first.length]))));
      return new Trainer(settings, { data, index, objective }, { gradient, gradients, updater, evaluator });
    });
  }

  /**
   * The present weights, `[P]`.
   *
   * @throws VrnnError `train/on-device` amid an epoch where the runtime does not compute in the host's memory, unless
   * `download` has been waited for
   */
  get weights(): Float32Array {
    return this.programs.updater.tensors["parameters"]!.data as Float32Array;
  }

  /** The weights with the best validation bound so far, `[P]`. */
  get bestWeights(): Float32Array {
    return this.best;
  }

  /**
   * Brings weights and what the optimiser remembers to the host, for `weights` and `state` between two events. At the
   * ends of epochs and of training that is done, and where the runtime computes in the host's memory there is nothing to do.
   */
  download(): Promise<void> {
    return this.turns.take(() => this.programs.updater.fetch());
  }

  /** All that a resumed run needs; between two events it can be saved. @throws VrnnError `train/on-device` as `weights` */
  get state(): TrainingState {
    const states = this.carried.map((own, shard) => shardNames(shard).give(own));
    return { cursor: this.cursor, tensors: Object.assign({}, this.held, ...states) };
  }

  private get held(): Readonly<Record<string, TensorValue>> {
    const best = float32([this.best.length], this.best);
    return { ...this.programs.updater.tensors, best, ...this.running.tensors };
  }

  /**
   * Goes on from a saved state.
   *
   * @throws VrnnError `checkpoint/mismatch`
   */
  resume({ cursor, tensors }: TrainingState): void {
    requireSame({ best: float32([this.best.length], this.best) }, tensors);
    this.programs.updater.restore(tensors);
    this.running.restore(tensors);
    this.best.set((tensors["best"] as TensorValue<"float32">).data);
    this.carried = statesByShard(tensors, this.options.shards);
    this.cursor = cursor;
  }

  /**
   * The pooled bound of some sequences under the best weights, in nats per step. While the trainer fits, it is computed
   * between two steps.
   *
   * @throws VrnnError `runtime/disposed` after `dispose`
   */
  evaluate(sequences: readonly Sequence[] | SequenceSource): Promise<BoundSummary> {
    const source = sequenceSource(sequences, this.data.fields);
    return this.turns.take(() => this.programs.evaluator.bound(this.best, source, this.running.tensors));
  }

  /**
   * Trains until the options say that it is enough, or the signal that it is to stop after the step under way.
   *
   * @throws VrnnError `train/not-finite` naming the step and the tensor, `train/busy` while another `fit` of this trainer
   * has not ended, `train/too-few-rows` with several processes, `runtime/disposed` after `dispose`
   */
  async *fit(signal?: AbortSignal): AsyncGenerator<TrainingEvent> {
    this.turns.requireOpen();
    if (this.isFitting) throw (await import("./refused.ts")).busy();
    this.isFitting = true;
    try {
      yield* this.epochs(signal);
    } finally {
      this.isFitting = false;
    }
  }

  private async *epochs(signal: AbortSignal | undefined): AsyncGenerator<TrainingEvent> {
    const { epochs, patience } = this.options;
    await this.turns.take(() => this.programs.updater.send());
    while (this.cursor.epoch < epochs) {
      if (patience > 0 && this.cursor.epochsSinceBest >= patience)
        return yield await this.end("early-stopping");
      const plan = this.plan(this.cursor.epoch);
      const { rank, size } = this.collective;
      const own = rowsOfRank(plan.slice(this.cursor.batch), rank, size);
      if (signal?.aborted && own.length > 0) return yield await this.end("interrupted");
      for await (const { parts } of openBatches(this.data.splits.train, own)) {
        if (signal?.aborted) return yield await this.end("interrupted");
        yield await this.turns.take(() => this.step(plan, parts));
        // Running the graph blocks the event loop: give signals and timers their turn.
        await nextTurn();
      }
      yield await this.turns.take(() => this.closeEpoch());
    }
    yield await this.end("finished");
  }

  /** Gives back sessions and threads, once the step or evaluation under way has ended; a `fit` goes no further. */
  dispose(): Promise<void> {
    const { gradient, gradients, updater, evaluator } = this.programs;
    return this.turns.close(async () => {
      await Promise.all([gradient.dispose(), evaluator.dispose(), updater.dispose()]);
      for (const each of gradients) each.dispose();
    });
  }

  private async end(reason: EndEvent["reason"]): Promise<EndEvent> {
    await this.programs.updater.fetch();
    return { type: "end", step: this.cursor.step, epoch: this.cursor.epoch, reason };
  }

  /** The batches of an epoch, in an order that the seed and the epoch decide. */
  private plan(epoch: number): readonly PlannedBatch[] {
    const { batchSize, window, seed } = this.options;
    const order = Random.stream(seed, "order", epoch);
    const random = (bound: number) => order.integer(bound);
    const spans = trainingSpans(this.index, { batchSize, window });
    const own = this.drawn?.(spans, this.index, random) ?? spans;
    return planBatches(own, { batchSize, window, random });
  }

  private get learningRate(): number {
    const { schedule, learningRate, warmupSteps, epochs } = this.options;
    const totalSteps = epochs * this.batchesPerEpoch;
    return learningRateAt(schedule, { learningRate, warmupSteps, totalSteps }, this.cursor.step);
  }

  /** One step: fed, run, updated, checked, told. */
  private async step(plan: readonly PlannedBatch[], parts: readonly Part[]): Promise<TrainingEvent> {
    const job = await this.feed(plan, parts);
    const { gradient, gradients, updater } = this.programs;
    const into = gradients.map((each) => ({ gradient: each }));
    const results = await gradient.run(job.shared, job.shards(), into);
    const slopes = await this.summed(gradients.slice(0, results.length));
    const gradientNorm = await updater.propose(slopes, job.learningRate);
    if (!Number.isFinite(totalOf(results, "loss")) || !Number.isFinite(gradientNorm))
      throw await this.failure(job);
    updater.accept();
    await this.running.update(results, job.counts, this.collective);
    this.carried = results.map(carriedStates);
    return this.tell(
      job,
      await sumOver(this.collective, figureTotals(this.objective, results)),
      gradientNorm,
    );
  }

  /** The gradients of all shards; of several processes their sum, as they need not have as many shards. */
  private async summed(gradients: readonly DeviceValue[]): Promise<readonly (DeviceValue | TensorValue)[]> {
    if (this.collective.size === 1) return gradients;
    const own = await Promise.all(gradients.map((each) => this.runtime.download(each)));
    const [total, ...others] = own as [TensorValue<"float32">, ...TensorValue<"float32">[]];
    for (const { data } of others)
      data.forEach((slope, i) => {
        total.data[i]! += slope;
      });
    await this.collective.allReduce(total.data);
    return [total];
  }

  /** What the batch at the cursor is fed to the program as. @param parts of the rows that are this process's own */
  private async feed(plan: readonly PlannedBatch[], read: readonly Part[]): Promise<StepJob> {
    const { options, objective, cursor, collective, reread } = this;
    const { place, rows } = plan[cursor.batch] as PlannedBatch;
    if (rows.length < collective.size)
      throw (await import("./refused.ts")).tooFewRows(rows.length, collective.size);
    const first = rankRows(rows.length, collective.rank, collective.size).from;
    const parts = reread
      ? read.map((part, row) =>
          reread(part, Random.stream(options.seed, "reread", first + row, cursor.step - place)),
        )
      : read;
    const counts = await sumOver(collective, batchCounts(parts, place, this.data.fields, this.model));
    const states = place > 0 ? this.carried : this.feeder.restingStates(parts.length, objective.particles);
    const isBegunAnew = parts.map(
      (_, row) =>
        options.stateDropout > 0 &&
        Random.stream(options.seed, "begin anew", first + row, cursor.step).uniform() < options.stateDropout,
    );
    const shards = shardRows(parts.length, options.shards);
    const source = {
      seed: options.seed,
      labels: ["train", cursor.step],
      dropout: dropoutShares(this.model, options),
      dropoutSpan: options.dropoutSpan,
      particles: objective.particles,
      withhold: { share: options.conditionDropout, labels: ["train", cursor.step - place] },
    };
    return {
      counts,
      learningRate: this.learningRate,
      progress: (cursor.batch + 1) / plan.length,
      shared: {
        parameters: this.programs.updater.parameters,
        ...scalarFeeds(objective.schedule(cursor.step)),
        ...countFeeds(counts),
        ...this.running.tensors,
        ...weightDropoutFeeds(this.model, options.weightDropout, source),
      },
      shards: () =>
        this.feeder.feed(parts, source, first).map((own, i) => ({
          ...own,
          ...copies(states[i] ?? {}, (row) => isBegunAnew[shards[i]!.from + row] ?? false),
        })),
    };
  }

  /** Moves the cursor on, and says what the step came to. */
  private tell(
    { learningRate, progress, counts }: StepJob,
    totals: Totals,
    gradientNorm: number,
  ): TrainingEvent {
    const { objective, cursor } = this;
    const sums = addTotals(cursor.sums, { ...totals, ...counts });
    this.cursor = { ...cursor, step: cursor.step + 1, batch: cursor.batch + 1, sums };
    const { natsPerStep } = summarise(objective, totals, counts);
    return {
      type: "step",
      step: this.cursor.step,
      epoch: cursor.epoch,
      progress,
      natsPerStep,
      gradientNorm,
      learningRate,
    };
  }

  private async closeEpoch(): Promise<TrainingEvent> {
    const { cursor } = this;
    await this.programs.updater.fetch();
    const train = summarise(this.objective, cursor.sums, cursor.sums);
    const held = this.data.splits.valid;
    const evaluated = this.programs.updater.averaged ?? this.weights;
    const valid =
      (await held.index()).length > 0
        ? await this.programs.evaluator.bound(evaluated, held, this.running.tensors)
        : train;
    const score = scoreOf(this.objective, valid);
    if (!Number.isFinite(score)) throw (await import("./refused.ts")).notFiniteBound(cursor.step);
    const best = cursor.bestValid === null || score > cursor.bestValid;
    if (best) this.best.set(evaluated);
    this.carried = [];
    this.cursor = {
      step: cursor.step,
      epoch: cursor.epoch + 1,
      batch: 0,
      bestValid: best ? score : cursor.bestValid,
      epochsSinceBest: best ? 0 : cursor.epochsSinceBest + 1,
      sums: start.sums,
    };
    return { type: "epoch", step: cursor.step, epoch: this.cursor.epoch, train, valid, best };
  }

  private async failure({ shared, shards }: StepJob): Promise<VrnnError> {
    const { model, objective } = this;
    return diagnose({
      gradient: this.programs.gradient,
      model,
      objective,
      shared: await downloaded(this.runtime, shared),
      shards,
      step: this.cursor.step + 1,
    });
  }
}

/** What compiles the gradient of a batch, of a long window by pieces where it is asked; its program is written at once. */
function gradientOf(settings: TrainerOptions, objective: Objective): () => Promise<ShardedExecutable> {
  const { runtime, model, options, piecewise } = settings;
  const { shards, recompute: steps } = options;
  const passes = runtime.passesFor?.({ B: rowsOfShard(settings) });
  const program = { ...lossOptions(model, options), passes };
  if (steps === 0) {
    const whole = gradientProgram(model, objective, program);
    return () => runtime.compileShards(whole, shards);
  }
  return async () => {
    if (piecewise === undefined) throw (await import("./refused.ts")).notPiecewise();
    return piecewise({ runtime, model, objective, shards, steps, ...program });
  };
}

interface Programs {
  readonly gradient: ShardedExecutable;
  /** What the gradient of each shard is written to, `[P]`. */
  readonly gradients: readonly DeviceValue[];
  readonly updater: Updater;
  readonly evaluator: Evaluator;
}

/** The rows of a shard in a full batch: programs are laid out for them. */
function rowsOfShard({ options, collective = alone }: TrainerOptions): number {
  const own = rankRows(options.batchSize, collective.rank, collective.size);
  const { from, to } = firstOf(shardRows(own.to - own.from, options.shards));
  return to - from;
}

/** What it is trained on, fields and the names and lengths of the training sequences, and what is made small. */
interface Given {
  readonly data: FieldDataset;
  readonly index: Index;
  readonly objective: ObjectiveWithBound;
}

/** @throws VrnnError `train/whole-sequences` when model or objective need sequences whole and a window would cut them. */
async function requireWholeSequences(
  model: Model,
  objective: Objective,
  { splits }: FieldDataset,
  { window }: TrainingOptions,
): Promise<void> {
  const { windowed } = capabilitiesOf(model);
  if (windowed && !objective.isOfWholes?.(model)) return;
  const indices = await Promise.all(SPLIT_NAMES.map((split) => splits[split].index()));
  const longest = indices.flat().reduce((most, { length }) => Math.max(most, length), 0);
  if (longest <= window) return;
  throw (await import("./refused.ts")).cutSequences({ windowed, window, longest });
}

/**
 * States are kept until the step is known to be good; what a shard is handed is a copy.
 *
 * @param isAtRest of which rows the copy is zeros
 */
const copies = (values: Values, isAtRest: (row: number) => boolean): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, { dtype, shape, data }]) => {
      const own = data.slice();
      const width = own.length / shape[0]!;
      for (let row = 0; row < shape[0]!; row++)
        if (isAtRest(row)) own.fill(0 as never, row * width, (row + 1) * width);
      return [name, { dtype, shape, data: own } as TensorValue];
    }),
  );

/** Whether training makes anything small beside its objective. */
const hasAuxiliaries = (model: Model, { activationPenalty, temporalPenalty }: TrainingOptions): boolean =>
  activationPenalty + temporalPenalty > 0 ||
  model.bagOfWords !== undefined ||
  model.asides !== undefined ||
  (isLatent(model) && model.zForcing !== undefined);

/** `state.h.1` is the part `state.h` of shard 1; a small batch fills fewer. */
function statesByShard(tensors: Values, most: number): readonly Values[] {
  const states = stateNames.take(tensors);
  return Array.from({ length: most }, (_, shard) => stateNames.give(shardNames(shard).take(states))).filter(
    (own) => Object.keys(own).length > 0,
  );
}
