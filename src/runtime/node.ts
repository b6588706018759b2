import type { Program } from "../onnx/lower.ts";
import "./node-dump.ts";
import { nodeExecutable } from "./node-session.ts";
import { NodeShards } from "./node-shards.ts";
import type { Runtime } from "./runtime.ts";

/** How ONNX Runtime computes in Node. */
export interface NodeRuntimeOptions {
  /** Threads inside one op, such as a large matrix product. Results differ in rounding between numbers of threads. */
  readonly threads?: number;
}

/**
 * ONNX Runtime on the CPU. The shards of a batch run on threads of their own, one op at a time each, which keeps two
 * cores busier than two threads inside each op do.
 */
export const nodeRuntime = ({ threads = 1 }: NodeRuntimeOptions = {}): Runtime => ({
  name: "node",
  compile: (program: Program) => nodeExecutable(program, threads),
  compileShards: (program: Program, shards: number) => NodeShards.create(program, shards, threads),
});
