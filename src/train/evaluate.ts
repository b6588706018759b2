import { makeBatch, planEpoch } from "../data/batches.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import type { Model } from "../models/model.ts";
import { float32, type Runtime, type ShardedExecutable, type Values } from "../runtime/runtime.ts";
import type { BoundSummary } from "./events.ts";
import { carriedStates, initialStates, shardFeeds, totalOf } from "./feeds.ts";
import { boundProgram } from "./programs.ts";

export interface EvaluationOptions {
  readonly batchSize: number;
  readonly window: number;
  readonly seed: number;
  readonly shards: number;
}

/** Computes the bound of sequences under given weights, always with the same noise for the same seed. */
export class Evaluator {
  private readonly executable: ShardedExecutable;
  private readonly model: Model;
  private readonly columns: readonly Column[];
  private readonly options: EvaluationOptions;

  private constructor(
    executable: ShardedExecutable,
    model: Model,
    columns: readonly Column[],
    options: EvaluationOptions,
  ) {
    this.executable = executable;
    this.model = model;
    this.columns = columns;
    this.options = options;
  }

  static async create(
    runtime: Runtime,
    model: Model,
    columns: readonly Column[],
    options: EvaluationOptions,
  ): Promise<Evaluator> {
    const executable = await runtime.compileShards(boundProgram(model), options.shards);
    return new Evaluator(executable, model, columns, options);
  }

  /** The bound pooled over all steps (padding left out), in nats per step; 0 without sequences. */
  async bound(weights: Float32Array, sequences: readonly Sequence[]): Promise<BoundSummary> {
    const { batchSize, window, seed, shards } = this.options;
    let [logLikelihood, divergence] = [0, 0];
    let states: readonly Values[] = [];
    for (const [at, plan] of planEpoch(sequences, { batchSize, window }).entries()) {
      const batch = makeBatch(plan.sequences, this.columns, plan.continues, this.model.conditions);
      if (!plan.continues) states = initialStates(this.model, batch.lanes, shards);
      const source = { seed, labels: ["evaluate", at], dropout: 0 };
      const feeds = shardFeeds(batch, this.columns.length, this.model, shards, source);
      const results = await this.executable.run(
        { parameters: float32([weights.length], weights) },
        feeds.map((own, i) => ({ ...own, ...states[i] })),
      );
      states = results.map(carriedStates);
      logLikelihood += totalOf(results, "logLikelihood");
      divergence += totalOf(results, "divergence");
    }
    const steps = Math.max(
      1,
      sequences.reduce((all, { length }) => all + length, 0),
    );
    return summarise(logLikelihood, divergence, steps);
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}

export const summarise = (logLikelihood: number, divergence: number, steps: number): BoundSummary => ({
  natsPerStep: (logLikelihood - divergence) / steps,
  logLikelihood: logLikelihood / steps,
  divergence: divergence / steps,
});
