/** A thread that runs one shard of each batch: first it is given a program, then inputs. */
import { parentPort } from "node:worker_threads";
import { HostMemory } from "./device-memory.ts";
import { buffersOf, nodeExecutable } from "./node-session.ts";
import type { ShardReply, ShardRequest } from "./node-shards.ts";
import type { Executable, Values } from "./runtime.ts";

/** Requests bring tensors, and no device values. */
const memory = new HostMemory("node");
let executable: Executable | undefined;

async function answer(request: ShardRequest): Promise<Values> {
  if ("inputs" in request) return (executable as Executable).run(request.inputs);
  executable = await nodeExecutable(request.program, request.threads, memory);
  return {};
}

parentPort?.on("message", async (request: ShardRequest) => {
  try {
    const results = await answer(request);
    parentPort?.postMessage({ results } satisfies ShardReply, buffersOf(results));
  } catch (error) {
    parentPort?.postMessage({
      error: error instanceof Error ? error.message : String(error),
    } satisfies ShardReply);
  }
});
