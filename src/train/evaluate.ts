import { makeBatch, planEpoch } from "../data/batches.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import type { SequenceModel } from "../models/sequence.ts";
import { countOf } from "../nn/parameters.ts";
import { type Executable, float32, type Runtime, type TensorValue } from "../runtime/runtime.ts";
import type { BoundSummary } from "./events.ts";
import { batchFeeds, carriedStates, initialStates } from "./feeds.ts";
import { boundProgram } from "./programs.ts";

export interface EvaluationOptions {
  readonly batchSize: number;
  readonly window: number;
  readonly seed: number;
  readonly shards: number;
}

/** Computes the bound of sequences under given weights, always with the same noise for the same seed. */
export class Evaluator {
  private readonly executable: Executable;
  private readonly model: SequenceModel;
  private readonly columns: readonly Column[];
  private readonly options: EvaluationOptions;

  private constructor(executable: Executable, model: SequenceModel, columns: readonly Column[], options: EvaluationOptions) {
    this.executable = executable;
    this.model = model;
    this.columns = columns;
    this.options = options;
  }

  static async create(runtime: Runtime, model: SequenceModel, columns: readonly Column[], options: EvaluationOptions): Promise<Evaluator> {
    const program = boundProgram(model, { columns: columns.length, shards: options.shards, dropout: false, freeBits: 0 });
    return new Evaluator(await runtime.compile(program), model, columns, options);
  }

  /** The bound pooled over all steps (padding left out), in nats per step; 0 without sequences. */
  async bound(weights: Float32Array, sequences: readonly Sequence[]): Promise<BoundSummary> {
    const { batchSize, window, seed, shards } = this.options;
    const parameters = float32([countOf(this.model.parameters)], weights);
    const total = { logLikelihood: 0, divergence: 0 };
    let states: Record<string, TensorValue> = {};
    for (const [at, plan] of planEpoch(sequences, { batchSize, window }).entries()) {
      const batch = makeBatch(plan.sequences, this.columns, plan.continues);
      if (!plan.continues) states = initialStates(this.model, batch.lanes, shards);
      const source = { seed, labels: ["evaluate", at], dropout: 0 };
      const feeds = batchFeeds(batch, this.columns.length, this.model, shards, source);
      const results = await this.executable.run({ parameters, ...states, ...feeds });
      states = carriedStates(results);
      total.logLikelihood += Number(results["logLikelihood"]?.data[0]);
      total.divergence += Number(results["divergence"]?.data[0]);
    }
    const steps = Math.max(1, sequences.reduce((all, { length }) => all + length, 0));
    return summarise(total.logLikelihood, total.divergence, steps);
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
