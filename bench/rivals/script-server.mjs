// A rival written for JavaScript, in a process of its own that answers JSON lines as ../pytorch/server.py does.
// Usage: node script-server.mjs MODULE, a file beside this one with `start()`, which answers `{ version, make }`
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { decodeSafetensors, encodeSafetensors } from "../../dist/checkpoint/safetensors.js";

const { start } = await import(`./${process.argv[2]}.mjs`);
const read = (path) => decodeSafetensors(readFileSync(path), path).tensors;
let step;

const commands = {
  setup: async ({ config, weights, inputs }) => {
    step = await rival.make(config, read(weights), read(inputs));
    return {};
  },
  gradients: async ({ out }) => {
    const slopes = Object.entries(await step()).map(([name, { shape, data }]) => [
      name,
      { dtype: "F32", shape, data },
    ]);
    writeFileSync(out, encodeSafetensors(Object.fromEntries(slopes)));
    return {};
  },
  step: async ({ count }) => {
    const ms = [];
    for (let i = 0; i < count; i++) {
      const begin = performance.now();
      await step();
      ms.push(performance.now() - begin);
    }
    return { ms };
  },
  memory: () => ({
    megabytes: Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1000,
  }),
};

const rival = await start();
const send = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
send({ version: rival.version });
for await (const line of createInterface({ input: process.stdin })) {
  const { cmd, ...question } = JSON.parse(line);
  try {
    send(await commands[cmd](question));
  } catch (error) {
    send({ failed: error.message });
  }
}
