/** A thread that runs one shard of each batch: first it is given a program, then inputs. */
import { parentPort } from "node:worker_threads";
import { HostMemory } from "./device-memory.ts";
import { buffersOf, nodeExecutable } from "./node-session.ts";
import type { ShardReply, ShardRequest } from "./node-shards.ts";
import type { Executable, Values } from "./runtime.ts";
import { ownInputs } from "./shared-inputs.ts";

/** Requests bring tensors, and no device values. */
const memory = new HostMemory("node");
const own = ownInputs();
let executable: Executable | undefined;

async function answer(request: ShardRequest): Promise<ShardReply> {
  const into = "inputs" in request ? request.into : {};
  try {
    return { results: await compute(request) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), into };
  }
}

async function compute(request: ShardRequest): Promise<Values> {
  if ("inputs" in request) return (executable as Executable).run(own(request.inputs), request.into);
  executable = await nodeExecutable(request.program, request.threads, memory);
  return {};
}

parentPort?.on("message", async (request: ShardRequest) => {
  const reply = await answer(request);
  parentPort?.postMessage(reply, buffersOf("results" in reply ? reply.results : reply.into));
});
