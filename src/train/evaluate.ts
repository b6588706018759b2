import { makeBatch, planEpoch } from "../data/batches.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import type { Model } from "../models/model.ts";
import { objectives } from "../objectives/index.ts";
import type { Objective, Totals } from "../objectives/objective.ts";
import { float32, type Runtime, type ShardedExecutable, type Values } from "../runtime/runtime.ts";
import { addTotals, countsOf, summarise } from "./counts.ts";
import type { BoundSummary } from "./events.ts";
import { carriedStates, figureTotals, initialStates, shardFeeds } from "./feeds.ts";
import type { TrainingOptions } from "./options.ts";
import { boundProgram } from "./programs.ts";

/** How sequences are evaluated: training options, those of the objective among them. */
export type EvaluationOptions = Pick<
  TrainingOptions,
  "batchSize" | "window" | "seed" | "shards" | "objective"
>;

/** Computes the bound of sequences under given weights, always with the same noise for the same seed. */
export class Evaluator {
  private readonly executable: ShardedExecutable;
  private readonly model: Model;
  private readonly columns: readonly Column[];
  private readonly objective: Objective;
  private readonly options: EvaluationOptions;

  private constructor(
    executable: ShardedExecutable,
    model: Model,
    columns: readonly Column[],
    objective: Objective,
    options: EvaluationOptions,
  ) {
    this.executable = executable;
    this.model = model;
    this.columns = columns;
    this.objective = objective;
    this.options = options;
  }

  static async create(
    runtime: Runtime,
    model: Model,
    columns: readonly Column[],
    options: EvaluationOptions,
  ): Promise<Evaluator> {
    const objective = objectives[options.objective].create(options);
    const executable = await runtime.compileShards(boundProgram(model, objective), options.shards);
    return new Evaluator(executable, model, columns, objective, options);
  }

  /** The bound pooled over all steps (padding left out), in nats per step; 0 without sequences. */
  async bound(weights: Float32Array, sequences: readonly Sequence[]): Promise<BoundSummary> {
    const { model, columns, objective } = this;
    const { batchSize, window, seed, shards } = this.options;
    const { particles } = objective;
    let totals: Totals = {};
    let states: readonly Values[] = [];
    for (const [at, plan] of planEpoch(sequences, { batchSize, window }).entries()) {
      const batch = makeBatch(plan.sequences, columns, plan.continues, model.conditions);
      if (!plan.continues) states = initialStates(model, batch.lanes, shards, particles);
      const source = { seed, labels: ["evaluate", at], dropout: 0, particles };
      const feeds = shardFeeds(batch, columns.length, model, shards, source);
      const results = await this.executable.run(
        { parameters: float32([weights.length], weights) },
        feeds.map((own, i) => ({ ...own, ...states[i] })),
      );
      states = results.map(carriedStates);
      totals = addTotals(totals, { ...figureTotals(objective, results), ...countsOf(batch) });
    }
    const none = Object.fromEntries(Object.keys(objective.figures).map((name) => [name, 0]));
    return summarise(objective, { ...none, ...totals }, totals);
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}
