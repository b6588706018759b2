import type { Dataset } from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import type { Fact } from "../report/content.ts";
import type { ReportSource } from "../report/section.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { ResultEvent } from "./train.ts";

/** What is shown of a run and its data beside the course of training. */
export interface ShownOfRun extends Omit<ReportSource, "units" | "metrics"> {
  /** What is said beside the figures of the run. */
  readonly facts?: readonly Fact[];
}

/**
 * Finds out what a report shows of a run of some material.
 *
 * @throws VrnnError `run/no-report` for data of which none is drawn
 */
export type RunReport = (
  run: Run,
  data: FieldDataset | Dataset,
  runtime: Runtime,
  result: ResultEvent,
) => Promise<ShownOfRun>;
