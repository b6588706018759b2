/**
 * `speed-fivo`: how long a gradient of ELBO takes beside one of FIVO of 16 particles, over as many rows as there are particles in all, by turns, on one core.
 *
 *     node scripts/fivo-speed.mjs [--json]
 */
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { gradientProgram, objectives, Vrnn } from "../dist/index.js";
import { nodeRuntime } from "../dist/node.js";
import { someFeeds, yesNo } from "./memory/loads.mjs";

const { values: said } = parseArgs({ options: { json: { type: "boolean" } } });
const [particles, rows, steps, rounds] = [16, 4, 100, 11];
const columns = Array.from({ length: 88 }, yesNo);
const model = new Vrnn({ columns, hidden: 128, latent: 32 });
const runtime = nodeRuntime({ threads: 1 });

/** A program with something to feed it. */
async function ready(objective, B) {
  const program = gradientProgram(model, objective);
  return { executable: await runtime.compile(program), feeds: someFeeds(program, { T: steps, B }) };
}

const sides = {
  elbo: await ready(objectives.elbo.create({}), particles * rows),
  fivo: await ready(objectives.fivo.create({ particles }), rows),
};
const times = { elbo: [], fivo: [] };
for (let round = 0; round < rounds; round++)
  for (const [name, { executable, feeds }] of Object.entries(sides)) {
    const began = performance.now();
    await executable.run(feeds);
    if (round > 0) times[name].push(performance.now() - began);
  }
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const [elbo, fivo] = [median(times.elbo), median(times.fivo)];
const row = {
  row: "speed-fivo",
  ratio: elbo / fivo,
  elboMilliseconds: elbo,
  fivoMilliseconds: fivo,
  particleSteps: particles * rows * steps,
};
console.log(JSON.stringify(row, null, said.json ? undefined : 2));
