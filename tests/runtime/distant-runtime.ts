/** A runtime whose device values are not in the host's memory, with Node's own sessions: what a graphics card is, without one. */
import { processorPasses } from "../../src/passes/processor.ts";
import { HostMemory } from "../../src/runtime/device-memory.ts";
import { nodeExecutable } from "../../src/runtime/node-session.ts";
import { NodeShards } from "../../src/runtime/node-shards.ts";
import type { Runtime, TensorValue } from "../../src/runtime/runtime.ts";

/** How many numbers went either way. */
export interface Traffic {
  up: number;
  down: number;
}

export function distantRuntime(): { readonly runtime: Runtime; readonly traffic: Traffic } {
  const memory = new HostMemory("distant");
  const traffic: Traffic = { up: 0, down: 0 };
  const copied = (value: TensorValue, way: keyof Traffic): TensorValue => {
    traffic[way] += value.data.length;
    return { ...value, data: value.data.slice() } as TensorValue;
  };
  const runtime: Runtime = {
    name: "distant",
    passesFor: processorPasses,
    compile: (program) => nodeExecutable(program, 1, memory),
    compileShards: (program, shards) => NodeShards.create(program, shards, 1, memory),
    upload: async (value) => memory.hold(value, copied(value, "up")),
    download: async (value) => copied(memory.contentOf(value), "down"),
    view: (value) => {
      memory.contentOf(value);
      return undefined;
    },
    get held() {
      return memory.held;
    },
  };
  return { runtime, traffic };
}
