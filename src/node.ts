/** What needs Node: the runtime on this machine, and data from files. */
export { readDataset } from "./data/files.ts";
export { type NodeRuntimeOptions, nodeRuntime } from "./runtime/node.ts";
