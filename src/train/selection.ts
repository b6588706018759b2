/** What the best epoch is chosen by, and whether the data can tell it. */
import type { FieldDataset } from "../data/field-dataset.ts";
import { wholeSpans } from "../data/plan.ts";
import type { SequenceSource } from "../data/source.ts";
import type { Model } from "../models/model.ts";
import type { Objective } from "../objectives/objective.ts";
import { batchCounts } from "./counts.ts";
import type { BoundSummary } from "./events.ts";

/** How good an epoch is, more is better: the figure that the objective chooses by, or the bound in nats per step. */
export function scoreOf({ select }: Objective, summary: BoundSummary): number {
  if (select === undefined) return summary.natsPerStep;
  const value = summary[select.figure] ?? Number.NaN;
  return select.better === "more" ? value : -value;
}

/**
 * Refuses data on which the figure that an objective chooses by would be a mean over nothing: the first epoch would stay
 * the best. An empty validation split is no such case: training stands in for it.
 *
 * @throws VrnnError `train/nothing-counted`
 */
export async function requireSelectable(
  model: Model,
  { select, figures }: Objective,
  { splits, fields }: FieldDataset,
): Promise<void> {
  const per = select && figures[select.figure];
  if (per === undefined) return;
  const isCounted = async (source: SequenceSource) => {
    for await (const part of source.open(wholeSpans(await source.index())))
      if (batchCounts([part], 0, fields, model)[per] > 0) return true;
    return false;
  };
  for (const split of ["train", "valid"] as const) {
    const { length } = await splits[split].index();
    if (length > 0 && !(await isCounted(splits[split])))
      throw (await import("./refused.ts")).nothingCounted(split, per);
  }
}
