/** What needs Node: the runtime on this machine, data from files, and runs in folders. */
export { readDataset } from "./data/files.ts";
export { evaluateRun } from "./run/evaluate.ts";
export { picturesOf } from "./run/report-content.ts";
export { newConfig, openRun } from "./run/run.ts";
export { trainRun } from "./run/train.ts";
export { type NodeRuntimeOptions, nodeRuntime } from "./runtime/node.ts";
