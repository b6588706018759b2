/**
 * What needs a browser: its runtime, data from text and files, and a worker that trains while the page stays
 * responsive.
 *
 * @module vrnn/web
 */
export { type WebRuntime, type WebRuntimeOptions, webRuntime } from "./runtime/web.ts";
export type { WebDevice } from "./runtime/web-session.ts";
export { ComputeWorker, type ComputeWorkerOptions, type RunOptions } from "./web/compute-worker.ts";
export type { Job, Result, TaskName, WorkerRuntime } from "./web/messages.ts";
export type { ModelChoice, ReadJob, SampleJob, ScoreJob, Trained, TrainJob } from "./web/tasks.ts";
export { datasetFromFile, datasetFromText } from "./web/text.ts";
export type { Training } from "./web/training.ts";
