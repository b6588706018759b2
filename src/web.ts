/** What needs a browser: its runtime, data from text and files, and a worker that trains while the page stays responsive. */
export { type WebRuntime, type WebRuntimeOptions, webRuntime } from "./runtime/web.ts";
export { ComputeWorker, type ComputeWorkerOptions, type RunOptions } from "./web/compute-worker.ts";
export type { ModelChoice, ReadJob, SampleJob, ScoreJob, Trained, TrainJob } from "./web/tasks.ts";
export { datasetFromFile, datasetFromText } from "./web/text.ts";
export type { Training } from "./web/training.ts";
