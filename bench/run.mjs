/**
 * Training speed as a ratio: how loaded the machine is, its ceiling, then our step and the rivals' at their best in turns.
 *
 *     npm run bench [-- --json] [-- --only tiny,lstm-lm] [-- --pairs 20]
 *     npm run bench -- --against <checkout> [--pairs 20]      against another build of this project (against.mjs)
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { against, leastRatio } from "./against.mjs";
import { measureCeiling } from "./ceiling.mjs";
import { compare } from "./comparison.mjs";
import { loads } from "./loads/index.mjs";
import { rivals } from "./rivals/index.mjs";
import { heading, linesOf } from "./table.mjs";

const say = (line) => process.stderr.write(`${line}\n`);

/** @throws Error saying what cannot be understood */
function asked() {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean" },
      json: { type: "boolean" },
      only: { type: "string" },
      against: { type: "string" },
      pairs: { type: "string", default: "20" },
    },
  });
  const names = values.only?.split(",") ?? Object.keys(loads);
  const unknown = names.find((name) => !Object.hasOwn(loads, name));
  if (unknown !== undefined)
    throw new Error(`no load ${unknown}; there are ${Object.keys(loads).join(", ")}`);
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1)
    throw new Error(`--pairs is a number of pairs, not ${values.pairs}`);
  const { against: build } = values;
  if (build !== undefined && !existsSync(join(build, "dist/index.js")))
    throw new Error(`--against: ${build} is no built checkout (npm ci in it makes one)`);
  return { ...values, names, pairs };
}

const usage = "npm run bench -- [--only tiny,lstm-lm] [--pairs 20] [--against <checkout>] [--json]";

/** What was asked for; where it cannot be understood, or help is, a line and the end. */
function options() {
  try {
    const told = asked();
    if (!told.help) return told;
    console.log(`${usage}\nloads: ${Object.keys(loads).join(", ")}`);
    process.exit(0);
  } catch (error) {
    say(`bench: ${error.message}\n${usage}`);
    process.exit(2);
  }
}

const { names, pairs, json, against: build } = options();

const averages = () => {
  const [minute, fiveMinutes, fifteenMinutes] = loadavg().map((load) => Number(load.toFixed(2)));
  return { minute, fiveMinutes, fifteenMinutes };
};
const loadBefore = averages();
say(`load before, 1, 5 and 15 minutes: ${Object.values(loadBefore).join(", ")}`);

/** Those that are there, by name. */
async function started() {
  const entries = [];
  for (const [name, rival] of Object.entries(rivals)) entries.push([name, await rival.start(say)]);
  return Object.fromEntries(entries.filter(([, rival]) => rival !== undefined));
}

async function beside(folder) {
  const present = await started();
  try {
    const ceiling = await measureCeiling(Object.values(present));
    for (const [cores, { gflops, by }] of Object.entries(ceiling))
      say(`ceiling, ${cores}: ${gflops} GFLOP/s (${by})`);
    say(heading);
    const results = {};
    const context = { rivals: present, pairs, ceiling: ceiling.allCores.gflops, folder, say };
    for (const name of names) {
      results[name] = await compare(name, context);
      for (const line of linesOf(name, results[name])) say(line);
    }
    return { loadBefore, loadAfter: averages(), ceiling, loads: results };
  } finally {
    for (const rival of Object.values(present)) rival.stop();
  }
}

if (build !== undefined) {
  const results = await against(build, names, pairs, say);
  if (json) process.stdout.write(`${JSON.stringify(results)}\n`);
  process.exitCode = Object.values(results).some(({ interval: [low] }) => low < leastRatio) ? 1 : 0;
} else {
  const folder = mkdtempSync(join(tmpdir(), "vrnn-bench-"));
  try {
    const result = await beside(folder);
    if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
