/** What the rows of scale have in common: tables of waves in noise, and what a process took of time and memory. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../dist/index.js";

export const root = join(import.meta.dirname, "../..");
const main = join(root, "dist/cli/main.js");

/** Columns of sines of 50, 63, 76 … steps in noise of .3, with four decimals, a row a step. */
export function writeWaves(path, rows, columns) {
  const random = Random.stream(0, "waves");
  const file = openSync(path, "w");
  const names = Array.from({ length: columns }, (_, j) => `c${j}`);
  writeSync(file, `${names.join(",")}\n`);
  for (let start = 0; start < rows; start += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, rows - start) }, (_, i) =>
      names
        .map((_, j) =>
          (Math.sin((2 * Math.PI * (start + i)) / (50 + 13 * j)) + 0.3 * random.normal()).toFixed(4),
        )
        .join(","),
    );
    writeSync(file, `${lines.join("\n")}\n`);
  }
  closeSync(file);
}

/** Tells what a process took when it ends. */
const TELLS =
  'data:text/javascript,import{writeFileSync}from"node:fs";process.on("exit",()=>writeFileSync(process.env.VRNN_USAGE,JSON.stringify(process.resourceUsage())))';

/** Runs Node in a folder: wall and processor seconds, the most resident memory in GB, and what it printed. */
function node(folder, args) {
  const usage = join(folder, "usage.json");
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", TELLS, ...args], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, VRNN_USAGE: usage },
  });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(stderr);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(usage, "utf8"));
  const round = (value) => Number(value.toFixed(2));
  const took = { seconds: round(seconds), processor: round((userCPUTime + systemCPUTime) / 1e6) };
  return { ...took, gigabytes: round((maxRSS * 1024) / 1e9), stdout };
}

/** Runs `vrnn`. */
export function vrnn(folder, ...words) {
  const { stdout: _, ...took } = node(folder, [main, ...words]);
  return took;
}

/** Runs a module that is written here. */
export function script(folder, text) {
  const { stdout, ...took } = node(folder, ["--input-type=module", "-e", text]);
  return took;
}

/** Does something in a folder of its own, and prints what came of it. */
export function measured(measure) {
  const folder = mkdtempSync(join(tmpdir(), "vrnn-scale-"));
  try {
    console.log(JSON.stringify(measure(folder)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
