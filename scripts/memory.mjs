/**
 * The most memory that trainings take, and what `vrnn info --memory` would have told of each:
 *
 *     node scripts/memory.mjs [--only "table, 6 columns"] [--json]
 *
 * Each is trained for one to three epochs of a few steps, validation included, in a process of its own, whose peak is the kernel's
 * own (VmHWM). With --loads, programs of other shapes are run by themselves instead, and only measured.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { lower } from "../dist/onnx/lower.js";
import { nodeRuntime } from "../dist/runtime/node.js";
import { trainingMemory } from "../dist/train/memory.js";
import { objectiveOf } from "../dist/train/options.js";
import { Trainer } from "../dist/train/trainer.js";
import { loads, someFeeds } from "./memory/loads.mjs";
import { madeReady, runs } from "./memory/runs.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    json: { type: "boolean" },
    loads: { type: "boolean" },
    alone: { type: "boolean" },
  },
});

/** The most resident memory that this process has had, in bytes. */
const peak = () => 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))[1]);

async function train(name) {
  const trainer = await Trainer.create({ ...madeReady(name), runtime: nodeRuntime() });
  for await (const event of trainer.fit()) if (event.type === "end") break;
  await trainer.dispose();
}

async function runLoad(name) {
  const { outputs, sizes } = loads[name]();
  const program = lower(outputs);
  const executable = await nodeRuntime().compile(program);
  const feeds = someFeeds(program, sizes);
  for (let i = 0; i < 3; i++) await executable.run(feeds);
}

async function estimate(name) {
  const { model, options: training } = madeReady(name);
  return trainingMemory(model, await objectiveOf(training), training);
}

/** The peak of a process that does one thing. */
function measured(name, ...how) {
  const args = [import.meta.filename, "--alone", "--only", name, ...how];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return Number(stdout);
}

if (options.alone) {
  await (options.loads ? runLoad : train)(options.only);
  process.stdout.write(`${peak()}\n`);
  process.exit(0);
}

const megabytes = (bytes) => Math.round(bytes / 1e6);
const names = options.only ? [options.only] : Object.keys(options.loads ? loads : runs);
const rows = [];
for (const name of names) {
  if (options.loads) rows.push({ name, measured: megabytes(measured(name, "--loads")) });
  else {
    const { total, parts } = await estimate(name);
    const took = measured(name);
    rows.push({
      name,
      measured: megabytes(took),
      told: megabytes(total),
      ratio: Number((total / took).toFixed(2)),
      parts: Object.fromEntries(Object.entries(parts).map(([part, bytes]) => [part, megabytes(bytes)])),
    });
  }
  if (!options.json) console.log(JSON.stringify(rows.at(-1)));
}
if (options.json) console.log(JSON.stringify(rows));
