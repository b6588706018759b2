import type { Program } from "../onnx/lower.ts";
import { processorPasses } from "../passes/processor.ts";
import { HostMemory } from "./device-memory.ts";
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
export function nodeRuntime({ threads = 1 }: NodeRuntimeOptions = {}): Runtime {
  const memory = new HostMemory("node");
  return {
    name: "node",
    passesFor: processorPasses,
    compile: (program: Program) => nodeExecutable(program, threads, memory),
    compileShards: (program: Program, shards: number) => NodeShards.create(program, shards, threads, memory),
    ...memory.methods,
    get held() {
      return memory.held;
    },
  };
}
