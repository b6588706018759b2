import type { Fields } from "../data/fields.ts";
import { planBatches, wholeSpans } from "../data/plan.ts";
import type { Index, SequenceSource } from "../data/source.ts";
import { capabilitiesOf, type Model } from "../models/model.ts";
import type { ObjectiveWithBound, Totals } from "../objectives/objective.ts";
import {
  float32,
  type Inputs,
  type Runtime,
  type ShardedExecutable,
  type Values,
} from "../runtime/runtime.ts";
import { addTotals, batchCounts, summarise } from "./counts.ts";
import type { BoundSummary } from "./events.ts";
import { BatchFeeder, figureTotals, scalarFeeds } from "./feeds.ts";
import type { TrainingOptions } from "./options.ts";
import { boundProgram } from "./programs.ts";
import { RunningMeans } from "./running.ts";
import { overWindows } from "./windows.ts";

/** How sequences are evaluated, whatever the objective. */
export type EvaluationOptions = Pick<TrainingOptions, "batchSize" | "window" | "seed" | "shards">;

/** Far beyond any step that is taken: whatever an objective warms up is warm, and all epochs are told by the same scalars. */
const EVALUATED_STEP = Number.MAX_SAFE_INTEGER;

/** Steps of particles in memory at once: many particles are followed through fewer rows, and a shorter way at a time. */
const PARTICLE_STEPS = 2 ** 17;
const SHORTEST_WINDOW = 32;

/** Computes the bound of sequences under given weights, always with the same noise for the same seed. */
export class Evaluator {
  private readonly runtime: Runtime;
  private readonly executable: ShardedExecutable;
  private readonly fields: Fields;
  private readonly feeder: BatchFeeder;
  private readonly objective: ObjectiveWithBound;
  private readonly options: EvaluationOptions;

  private constructor(
    runtime: Runtime,
    executable: ShardedExecutable,
    fields: Fields,
    feeder: BatchFeeder,
    objective: ObjectiveWithBound,
    options: EvaluationOptions,
  ) {
    this.runtime = runtime;
    this.executable = executable;
    this.fields = fields;
    this.feeder = feeder;
    this.objective = objective;
    this.options = options;
  }

  /** @throws VrnnError `feed/…` when the fields are not those of the model, `runtime/compile` */
  static async create(
    runtime: Runtime,
    model: Model,
    fields: Fields,
    objective: ObjectiveWithBound,
    options: EvaluationOptions,
  ): Promise<Evaluator> {
    const feeder = new BatchFeeder(model, fields, options.shards, objective);
    const executable = await runtime.compileShards(boundProgram(model, objective), options.shards);
    // What reads the future is given all of it: a window would cut it off.
    const isCut = capabilitiesOf(model).causal && !objective.isOfWholes?.(model);
    const window = isCut ? options.window : Number.POSITIVE_INFINITY;
    return new Evaluator(runtime, executable, fields, feeder, objective, { ...options, window });
  }

  /**
   * The bound pooled over all steps (padding left out), in nats per step; 0 without sequences.
   *
   * @param means what the objective remembers of training, `running.<name>`; 0 unless told, as before the first batch
   */
  async bound(weights: Float32Array, source: SequenceSource, means?: Values): Promise<BoundSummary> {
    const { objective, feeder } = this;
    const parameters = await this.runtime.upload(float32([weights.length], weights));
    const scalars = scalarFeeds(objective.schedule(EVALUATED_STEP));
    const remembered = means ?? new RunningMeans(objective, feeder.model).tensors;
    try {
      return await this.pooled({ parameters, ...scalars, ...remembered }, source);
    } finally {
      parameters.dispose();
    }
  }

  private async pooled(shared: Inputs, source: SequenceSource): Promise<BoundSummary> {
    const { objective, feeder } = this;
    const { seed } = this.options;
    const { particles } = objective;
    const index = await source.index();
    const plan = planBatches(wholeSpans(index), this.sizesFor(index));
    let totals: Totals = {};
    let at = 0;
    const windows = overWindows({
      source,
      plan,
      begin: (rows) => feeder.restingStates(rows, particles),
      feed: ({ parts }) => feeder.feed(parts, { seed, labels: ["evaluate", at], particles }),
      run: (feeds) => this.executable.run(shared, feeds),
    });
    for await (const { plan: batch, parts, results } of windows) {
      const counts = batchCounts(parts, batch.place, this.fields, feeder.model);
      totals = addTotals(totals, { ...figureTotals(objective, results), ...counts });
      at += 1;
    }
    const none = Object.fromEntries(Object.keys(objective.figures).map((name) => [name, 0]));
    return summarise(objective, { ...none, ...totals }, totals);
  }

  /** How many rows and steps are computed at once: those of the options, or as many as particles leave room for. */
  private sizesFor(index: Index): Pick<EvaluationOptions, "batchSize" | "window"> {
    const { batchSize, window } = this.options;
    const most = PARTICLE_STEPS / (this.objective.particles?.particles ?? 1);
    const longest = index.reduce((all, { length }) => Math.max(all, length), 1);
    const way = Number.isFinite(window)
      ? Math.min(window, Math.max(SHORTEST_WINDOW, Math.floor(most / batchSize)))
      : window;
    const rows = Math.floor(most / Math.min(way, longest));
    return { window: way, batchSize: Math.max(1, Math.min(batchSize, rows)) };
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}
