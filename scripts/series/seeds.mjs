/**
 * A script of this folder with several seeds: what it prints, each number the mean over the seeds, and beside it the
 * numbers of each. `node scripts/series/seeds.mjs 1,2,3 etth1.mjs 24`
 */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const [seeds, script, ...words] = process.argv.slice(2);
const { VRNN_DATA } = process.env;
const env = { ...process.env, ...(VRNN_DATA !== undefined && { VRNN_DATA: resolve(VRNN_DATA) }) };
const printed = seeds.split(",").map((seed) => {
  const cwd = `seed-${seed}`;
  mkdirSync(cwd, { recursive: true });
  const given = [join(import.meta.dirname, script), ...words, "--seed", seed];
  const text = execFileSync("node", given, {
    cwd,
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(text.slice(text.indexOf("{")));
});

/** Means of numbers at the same place, null where one says so; of all else what the first says. */
function meanOf(all) {
  const [first] = all;
  if (all.includes(null)) return null;
  if (typeof first === "number") return all.reduce((sum, each) => sum + each / all.length, 0);
  if (first === null || typeof first !== "object") return first;
  const entries = Object.keys(first).map((key) => [key, meanOf(all.map((each) => each?.[key]))]);
  return Array.isArray(first) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

const { sentence: _, verdict: __, interval: ___, ...mean } = meanOf(printed);
console.log(JSON.stringify({ ...mean, bySeed: printed }));
