// One build's side of a comparison, a process of its own that answers each message: which load to create, then times.
// Usage: fork("side.mjs", [folder of a checkout with its dist/])
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { loads } from "./loads/index.mjs";
import { writeTensors } from "./tensors.mjs";

const dist = join(resolve(process.argv[2]), "dist");
const vrnn = Object.assign(
  {},
  ...(await Promise.all(["index.js", "node.js"].map((file) => import(pathToFileURL(join(dist, file)).href)))),
);
let load;
let step;

const answers = {
  create: async ({ name, shards }) => {
    load = loads[name];
    step = await load.create(vrnn, shards);
    return { flops: load.flops?.(step.weights.length) };
  },
  times: ({ count }) => step.times(count),
  /** Writes weights, inputs and gradients to a folder. */
  tensors: async ({ folder }) => writeTensors(folder, await step.tensors()),
  /** The most resident memory so far, in MB. */
  memory: () => Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1000,
  dispose: () => step.dispose(),
};

process.on("message", async ({ ask, ...question }) => {
  try {
    process.send({ answer: await answers[ask](question) });
  } catch (error) {
    process.send({ failed: error.message });
  }
});
