import type { Objective } from "../objectives/objective.ts";
import { emptyFloat32, type TensorValue, type Values } from "../runtime/runtime.ts";
import type { Counts } from "./counts.ts";

/** The share of the mean that one batch replaces. */
const renewal = 0.1;

/**
 * Means over batches that an objective is fed with the next one, `running.<name>` `[width]`. They are taken over the
 * whole batch, so that how it is cut into shards changes nothing. The first batch sets them; before it they are 0.
 */
export class RunningMeans {
  private readonly objective: Objective;
  private readonly means: Readonly<Record<string, TensorValue<"float32">>>;
  private isFresh = true;

  constructor(objective: Objective) {
    this.objective = objective;
    this.means = Object.fromEntries(
      Object.entries(objective.running ?? {}).map(([name, { width }]) => [
        `running.${name}`,
        emptyFloat32([width]),
      ]),
    );
  }

  get tensors(): Readonly<Record<string, TensorValue>> {
    return this.means;
  }

  restore(tensors: Values): void {
    for (const [name, { data }] of Object.entries(this.means))
      data.set((tensors[name] as TensorValue<"float32">).data);
    this.isFresh = false;
  }

  /** Takes in what a batch gave, `running.<name>.sums` of each shard. */
  update(results: readonly Values[], counts: Counts): void {
    for (const [name, { per }] of Object.entries(this.objective.running ?? {})) {
      const { data } = this.means[`running.${name}`]!;
      const share = this.isFresh ? 1 : renewal;
      data.forEach((mean, i) => {
        const sum = results.reduce((all, each) => all + Number(each[`running.${name}.sums`]!.data[i]), 0);
        data[i] = mean + share * (sum / Math.max(1, counts[per]) - mean);
      });
    }
    this.isFresh = false;
  }
}
