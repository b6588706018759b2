import { type BatchPlan, makeBatch, planEpoch, streams } from "../data/batches.ts";
import type { Column, Dataset, Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import type { SequenceModel } from "../models/sequence.ts";
import { countOf } from "../nn/parameters.ts";
import { Random } from "../random/generator.ts";
import {
  type Executable,
  emptyFloat32,
  float32,
  type Runtime,
  type ShardedExecutable,
  scalarValue,
  type TensorValue,
  type Values,
} from "../runtime/runtime.ts";
import { checkDecayGroups, decayRates, hasDecay } from "./decay.ts";
import { diagnose } from "./diagnose.ts";
import { Evaluator, summarise } from "./evaluate.ts";
import type { BoundSummary, EndEvent, TrainingEvent } from "./events.ts";
import { carriedStates, initialStates, observedSteps, shardFeeds, totalOf } from "./feeds.ts";
import { adam, chain, clipByGlobalNorm, decayWeights, descend, type Transformation } from "./optimisers.ts";
import type { TrainingOptions } from "./options.ts";
import { gradientProgram, updateProgram } from "./programs.ts";
import { divergenceWeightAt, learningRateAt } from "./schedules.ts";
import { initialWeights } from "./weights.ts";

/** How far training has come; with the tensors it is all that a resumed run needs. */
export interface Cursor {
  /** Steps done. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Batches done in the epoch under way. */
  readonly batch: number;
  readonly bestValid: number | null;
  readonly epochsSinceBest: number;
  /** Sums over the epoch under way, in nats. */
  readonly sums: { readonly logLikelihood: number; readonly divergence: number; readonly steps: number };
}

/** A training run between two steps. Tensors: `parameters`, `best`, `optimiser.<name>`, `state.<part>.<shard>`. */
export interface TrainingState {
  readonly cursor: Cursor;
  readonly tensors: Readonly<Record<string, TensorValue>>;
}

/** What is trained, on what, how and where. */
export interface TrainerOptions {
  readonly model: SequenceModel;
  readonly data: Dataset;
  readonly options: TrainingOptions;
  readonly runtime: Runtime;
  /** `[P]`: the weights to begin with; drawn from the seed unless told. */
  readonly from?: Float32Array | undefined;
}

const start: Cursor = {
  step: 0,
  epoch: 0,
  batch: 0,
  bestValid: null,
  epochsSinceBest: 0,
  sums: { logLikelihood: 0, divergence: 0, steps: 0 },
};

/** Updates that an epoch should have before recordings are cut to fill a batch. */
const fewestUpdates = 32;

const optimiserOf = (options: TrainingOptions): Transformation =>
  chain(clipByGlobalNorm(options.clip), adam(), ...(hasDecay(options) ? [decayWeights] : []), descend);

/**
 * Trains a model. What happens is told as events; between two of them `state` can be saved, and a trainer that
 * continues from it takes the very same steps.
 *
 * @example
 * const trainer = await Trainer.create({ model, data, options, runtime });
 * for await (const event of trainer.fit(signal)) if (event.type === "epoch") console.log(event.valid.natsPerStep);
 */
export class Trainer {
  readonly model: SequenceModel;
  private readonly columns: readonly Column[];
  private readonly data: Dataset;
  private readonly options: TrainingOptions;
  private readonly runtime: Runtime;
  private readonly programs: Programs;
  private readonly batchesPerEpoch: number;
  private cursor = start;
  private current: Record<string, TensorValue>;
  /** Buffers that the next step writes to; they change places with `current` when it was good. */
  private spare: Record<string, TensorValue>;
  private best: Float32Array;
  /** Where weight decay applies, `[P]`. */
  private readonly decays: TensorValue;
  /** The state after the last batch, by shard. */
  private carried: readonly Values[] = [];

  private constructor({ model, data, options, runtime, from }: TrainerOptions, programs: Programs) {
    this.model = model;
    this.columns = data.columns;
    this.data = data;
    this.options = options;
    this.runtime = runtime;
    this.programs = programs;
    this.batchesPerEpoch = this.plan(0).length;
    this.current = this.freshTensors();
    this.spare = this.freshTensors();
    (this.current["parameters"] as TensorValue<"float32">).data.set(
      from ?? initialWeights(model.parameters, options.seed),
    );
    this.best = this.weights.slice();
    this.decays = decayRates(model.parameters, options);
  }

  /**
   * Builds and compiles what training runs.
   *
   * @throws VrnnError `train/decay-group`, `runtime/compile`
   */
  static async create(settings: TrainerOptions): Promise<Trainer> {
    const { model, data, options, runtime } = settings;
    const { shards, freeBits, batchSize, window, seed, dropout } = options;
    checkDecayGroups(model.parameters, options);
    const columns = data.columns.length;
    const update = await Promise.all(
      Array.from({ length: shards }, (_, i) =>
        runtime.compile(updateProgram(countOf(model.parameters), optimiserOf(options), i + 1)),
      ),
    );
    const gradient = await runtime.compileShards(
      gradientProgram(model, { columns, dropout: dropout > 0, freeBits }),
      shards,
    );
    const evaluator = await Evaluator.create(runtime, model, data.columns, {
      batchSize,
      window,
      seed,
      shards,
    });
    return new Trainer(settings, { gradient, update, evaluator });
  }

  /** The present weights, `[P]`. */
  get weights(): Float32Array {
    return (this.current["parameters"] as TensorValue<"float32">).data;
  }

  /** The weights with the best validation bound so far, `[P]`. */
  get bestWeights(): Float32Array {
    return this.best;
  }

  /** All that a resumed run needs; between two events it can be saved. */
  get state(): TrainingState {
    const best = float32([this.best.length], this.best);
    const states = this.carried.flatMap((shard, i) =>
      Object.entries(shard).map(([name, value]) => [`${name}.${i}`, value] as const),
    );
    return { cursor: this.cursor, tensors: { ...this.current, best, ...Object.fromEntries(states) } };
  }

  /** Goes on from a saved state. */
  resume({ cursor, tensors }: TrainingState): void {
    this.cursor = cursor;
    for (const [name, { shape }] of Object.entries({
      ...this.current,
      best: float32([this.best.length], this.best),
    })) {
      const saved = tensors[name];
      if (saved === undefined || saved.shape.join() !== shape.join())
        throw new VrnnError(
          "checkpoint/mismatch",
          `the checkpoint has no ${name} of shape [${shape.join(", ")}]`,
          {
            remedy: "it belongs to a run with other settings",
          },
        );
    }
    for (const [name, value] of Object.entries(this.current))
      (value.data as Float32Array).set((tensors[name] as TensorValue<"float32">).data);
    this.best.set((tensors["best"] as TensorValue<"float32">).data);
    this.carried = statesByShard(tensors);
  }

  /** The pooled bound of some sequences under the best weights, in nats per step. */
  evaluate(sequences: readonly Sequence[]): Promise<BoundSummary> {
    return this.programs.evaluator.bound(this.best, sequences);
  }

  /**
   * Trains until the options say that it is enough, or the signal that it is to stop after the step under way.
   *
   * @throws VrnnError `train/not-finite` naming the step and the tensor
   */
  async *fit(signal?: AbortSignal): AsyncGenerator<TrainingEvent> {
    const { epochs, patience } = this.options;
    while (this.cursor.epoch < epochs) {
      if (patience > 0 && this.cursor.epochsSinceBest >= patience) return yield this.end("early-stopping");
      const plan = this.plan(this.cursor.epoch);
      while (this.cursor.batch < plan.length) {
        if (signal?.aborted) return yield this.end("interrupted");
        yield await this.step(plan);
        // Running the graph blocks the event loop: give signals and timers their turn.
        await new Promise((resolve) => setTimeout(resolve));
      }
      yield await this.closeEpoch();
    }
    yield this.end("finished");
  }

  /** Gives back sessions and threads. */
  async dispose(): Promise<void> {
    const { gradient, update, evaluator } = this.programs;
    await Promise.all([gradient.dispose(), evaluator.dispose(), ...update.map((each) => each.dispose())]);
  }

  private end(reason: EndEvent["reason"]): EndEvent {
    return { type: "end", step: this.cursor.step, epoch: this.cursor.epoch, reason };
  }

  private plan(epoch: number): readonly BatchPlan[] {
    const order = Random.stream(this.options.seed, "order", epoch);
    const { batchSize, window } = this.options;
    return planEpoch(this.trainingSequences(), {
      batchSize,
      window,
      random: (bound) => order.integer(bound),
    });
  }

  /** Few long recordings are cut into streams that train side by side, as long as enough steps are left in an epoch. */
  private trainingSequences(): readonly Sequence[] {
    const { train } = this.data.splits;
    const { batchSize, window } = this.options;
    const windows = train.reduce((sum, { length }) => sum + Math.ceil(length / window), 0);
    const lanes = Math.min(batchSize, Math.floor(windows / fewestUpdates));
    return train.length * 2 <= lanes ? streams(train, lanes, window) : train;
  }

  private freshTensors(): Record<string, TensorValue> {
    const size = countOf(this.model.parameters);
    const states = Object.entries(optimiserOf(this.options).state).map(
      ([name, kind]) => [`optimiser.${name}`, emptyFloat32(kind === "vector" ? [size] : [])] as const,
    );
    return { parameters: emptyFloat32([size]), ...Object.fromEntries(states) };
  }

  private get learningRate(): number {
    const { schedule, learningRate, warmupSteps, epochs } = this.options;
    return learningRateAt(
      schedule,
      { learningRate, warmupSteps, totalSteps: epochs * this.batchesPerEpoch },
      this.cursor.step,
    );
  }

  private async step(plan: readonly BatchPlan[]): Promise<TrainingEvent> {
    const { options, model, cursor, learningRate } = this;
    const { sequences, continues } = plan[cursor.batch] as BatchPlan;
    const place = placeInChain(plan, cursor.batch);
    const batch = makeBatch(sequences, this.columns, continues, model.conditions);
    const states = continues ? this.carried : initialStates(model, batch.lanes, options.shards);
    const source = {
      seed: options.seed,
      labels: ["train", cursor.step],
      dropout: options.dropout,
      withhold: { share: options.conditionDropout, labels: ["train", cursor.step - place] },
    };
    const shards = () =>
      shardFeeds(batch, this.columns.length, model, options.shards, source).map((own, i) => ({
        ...own,
        ...copies(states[i] ?? {}),
      }));
    const shared: Values = {
      parameters: this.current["parameters"] as TensorValue,
      divergenceWeight: scalarValue(divergenceWeightAt(options.klWarmupSteps, cursor.step)),
      count: scalarValue(Math.max(1, observedSteps(batch))),
    };
    const results = await this.programs.gradient.run(shared, shards());
    const [loss, logLikelihood, divergence] = ["loss", "logLikelihood", "divergence"].map((name) =>
      totalOf(results, name),
    ) as [number, number, number];
    const gradientNorm = await this.update(results, learningRate);
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) throw await this.failure(shared, shards());
    [this.current, this.spare] = [this.spare, this.current];
    this.carried = results.map(carriedStates);
    const steps = batch.lengths.reduce((all, length) => all + length, 0);
    this.advance(logLikelihood, divergence, steps);
    const natsPerStep = (logLikelihood - divergence) / Math.max(1, steps);
    return {
      type: "step",
      step: this.cursor.step,
      epoch: cursor.epoch,
      progress: this.cursor.batch / plan.length,
      natsPerStep,
      gradientNorm,
      learningRate,
    };
  }

  /** Writes the next parameters and optimiser state to the spare buffers; gives the norm of the gradient. */
  private async update(results: readonly Values[], learningRate: number): Promise<number> {
    const gradients = results.map(
      ({ gradient }, shard) => [`gradient.${shard}`, gradient as TensorValue] as const,
    );
    const inputs: Values = {
      ...this.current,
      ...Object.fromEntries(gradients),
      learningRate: scalarValue(learningRate),
      ...(hasDecay(this.options) && { decays: this.decays }),
    };
    const { gradientNorm } = await (this.programs.update[results.length - 1] as Executable).run(
      inputs,
      withSuffix(this.spare, ".next"),
    );
    return Number(gradientNorm?.data[0]);
  }

  private advance(logLikelihood: number, divergence: number, steps: number): void {
    const { cursor } = this;
    const sums = {
      logLikelihood: cursor.sums.logLikelihood + logLikelihood,
      divergence: cursor.sums.divergence + divergence,
      steps: cursor.sums.steps + steps,
    };
    this.cursor = { ...cursor, step: cursor.step + 1, batch: cursor.batch + 1, sums };
  }

  private async closeEpoch(): Promise<TrainingEvent> {
    const { cursor } = this;
    const { logLikelihood, divergence, steps } = cursor.sums;
    const train = summarise(logLikelihood, divergence, Math.max(1, steps));
    const held = this.data.splits.valid;
    const valid = held.length > 0 ? await this.programs.evaluator.bound(this.weights, held) : train;
    if (!Number.isFinite(valid.natsPerStep)) throw notFinite(cursor);
    const best = cursor.bestValid === null || valid.natsPerStep > cursor.bestValid;
    if (best) this.best.set(this.weights);
    this.carried = [];
    this.cursor = {
      step: cursor.step,
      epoch: cursor.epoch + 1,
      batch: 0,
      bestValid: best ? valid.natsPerStep : cursor.bestValid,
      epochsSinceBest: best ? 0 : cursor.epochsSinceBest + 1,
      sums: start.sums,
    };
    return { type: "epoch", step: cursor.step, epoch: this.cursor.epoch, train, valid, best };
  }

  private failure(shared: Values, shards: readonly Values[]): Promise<VrnnError> {
    const { freeBits, dropout } = this.options;
    const options = { columns: this.columns.length, dropout: dropout > 0, freeBits };
    return diagnose({
      runtime: this.runtime,
      model: this.model,
      options,
      shared,
      shards,
      step: this.cursor.step + 1,
    });
  }
}

const notFinite = ({ step }: Cursor): VrnnError =>
  new VrnnError("train/not-finite", "the bound of the validation data is not finite", {
    at: `step ${step}`,
    remedy:
      "the last good checkpoint is kept; look for extreme values in the validation data, or try a smaller --lr",
  });

/** How many batches came before this one of the same sequences. */
const placeInChain = (plan: readonly BatchPlan[], at: number): number =>
  plan[at]?.continues ? 1 + placeInChain(plan, at - 1) : 0;

interface Programs {
  readonly gradient: ShardedExecutable;
  /** For one shard, for two, and so on: a small batch fills fewer. */
  readonly update: readonly Executable[];
  readonly evaluator: Evaluator;
}

const withSuffix = (values: Values, suffix: string): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}${suffix}`, value]));

/** States are kept until the step is known to be good; what a shard is handed is a copy. */
const copies = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape, data: data.slice() } as TensorValue,
    ]),
  );

/** `state.h.1` is the part `state.h` of shard 1. */
function statesByShard(tensors: Readonly<Record<string, TensorValue>>): readonly Values[] {
  const shards: Record<string, TensorValue>[] = [];
  for (const [name, value] of Object.entries(tensors)) {
    const [, part, shard] = /^(state\..+)\.(\d+)$/.exec(name) ?? [];
    if (part === undefined) continue;
    const at = Number(shard);
    shards[at] = { ...shards[at], [part]: value };
  }
  return shards;
}
