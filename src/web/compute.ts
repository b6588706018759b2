/**
 * What a page needs that leaves all computing to its worker: it loads no reader of data and no runtime itself.
 *
 * @module vrnn/web/compute
 */

export type { MemoryDataset } from "../data/field-dataset.ts";
export type { Trained } from "../operations/train.ts";
export { ComputeWorker, type ComputeWorkerOptions, type RunOptions } from "./compute-worker.ts";
export type { WorkerRuntime } from "./messages.ts";
export type {
  Brought,
  DataChoice,
  ModelChoice,
  SequencesChoice,
  SequencesFields,
  TrainedChoice,
  TrainedFields,
} from "./place.ts";
export type { FileTasks, Job, ReadJob, ReadTextJob, Result, TaskName, Told } from "./tasks.ts";
export type { TextReadOptions } from "./text-file.ts";
export type { Training } from "./training.ts";
