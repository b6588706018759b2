/**
 * Checks that `vrnn --help` answers at once: within three times the start of node itself plus 40 ms, medians of
 * interleaved runs. `node bench/help.mjs [runs]`; run it on a quiet machine.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const runs = Number(process.argv[2] ?? 15);
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

/** Milliseconds of one process. */
function timeOf(args) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const times = { node: [], help: [] };
for (let run = 0; run < runs; run++) {
  times.node.push(timeOf(["-e", "0"]));
  times.help.push(timeOf([main, "--help"]));
}
const [node, help] = [median(times.node), median(times.help)];
const limit = 3 * node + 40;
console.log(`node ${node.toFixed(0)} ms, vrnn --help ${help.toFixed(0)} ms, allowed ${limit.toFixed(0)} ms`);
if (help > limit) process.exitCode = 1;
