/**
 * What needs a browser: its runtime, data from text and files, and a worker that trains while the page stays
 * responsive.
 *
 * @module vrnn/web
 */

export type { MemoryDataset } from "./data/field-dataset.ts";
export type { Trained } from "./operations/train.ts";
export { type WebRuntime, type WebRuntimeOptions, webRuntime } from "./runtime/web.ts";
export type { WebDevice } from "./runtime/web-session.ts";
export { ComputeWorker, type ComputeWorkerOptions, type RunOptions } from "./web/compute-worker.ts";
export { datasetFromFile } from "./web/file.ts";
export type { WorkerRuntime } from "./web/messages.ts";
export type {
  Brought,
  DataChoice,
  ModelChoice,
  SequencesChoice,
  SequencesFields,
  TrainedChoice,
  TrainedFields,
} from "./web/place.ts";
export type { FileTasks, Job, ReadJob, ReadTextJob, Result, TaskName, Told } from "./web/tasks.ts";
export { datasetFromText } from "./web/text.ts";
export type { TextReadOptions } from "./web/text-file.ts";
export type { Training } from "./web/training.ts";
