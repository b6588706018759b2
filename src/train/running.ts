import type { Model } from "../models/model.ts";
import { runningNames, runningSumNames } from "../names.ts";
import type { Objective } from "../objectives/objective.ts";
import type { Collective } from "../runtime/collective.ts";
import { emptyFloat32, type TensorValue, type Values } from "../runtime/runtime.ts";
import type { Counts } from "./counts.ts";

/**
 * Means over the batch before, which an objective is fed with the next one, `running.<name>` `[width]`; 0 before the first.
 * They are taken over the whole batch, so that how it is cut into shards changes nothing. (Means over more batches lag
 * behind: free bits then swing around their limit, and cost up to 0.1 nats a step on chorales.)
 */
export class RunningMeans {
  private readonly objective: Objective;
  private readonly means: Readonly<Record<string, TensorValue<"float32">>>;

  constructor(objective: Objective, model: Model) {
    this.objective = objective;
    this.means = Object.fromEntries(
      Object.entries(objective.running ?? {}).map(([name, { width }]) => [
        runningNames.of(name),
        emptyFloat32([width(model)]),
      ]),
    );
  }

  get tensors(): Readonly<Record<string, TensorValue>> {
    return this.means;
  }

  /** Goes on from saved means; a run of an older format has none. */
  restore(tensors: Values): void {
    for (const [name, { data }] of Object.entries(this.means)) {
      const saved = tensors[name] as TensorValue<"float32"> | undefined;
      if (saved !== undefined) data.set(saved.data);
    }
  }

  /** Takes in what a batch gave, `running.<name>.sums` of each shard. */
  async update(results: readonly Values[], counts: Counts, collective: Collective): Promise<void> {
    for (const [name, { per }] of Object.entries(this.objective.running ?? {})) {
      const { data } = this.means[runningNames.of(name)]!;
      const sums = Float64Array.from(data, (_, i) =>
        results.reduce((all, each) => all + Number(each[runningSumNames.of(name)]!.data[i]), 0),
      );
      await collective.allReduce(sums);
      data.set(sums.map((sum) => sum / Math.max(1, counts[per])));
    }
  }
}
