// Trains on a table that is read in parts, to see how much memory that takes: makes a file in the temporary folder,
// runs `vrnn train`, `vrnn evaluate` and `vrnn sample` on it, removes all. By hand, after `npm run build`, on Linux:
//
//   node scripts/train-larger-than-memory.mjs [--megabytes 2000] [--steps 200] [--layout arrays|steps|csv] [--heap 128]
//
// Prints one JSON object; peaks are the most resident memory that each process ever had (VmHWM), in megabytes. `heap` is
// the most that JavaScript may keep (node's --max-old-space-size): without it, garbage lies around as long as there is room.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { layoutOf, makeTable } from "./large-table.mjs";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "2000" },
    steps: { type: "string", default: "200" },
    layout: { type: "string", default: "arrays" },
    heap: { type: "string" },
  },
});

const main = resolve(import.meta.dirname, "../dist/cli/main.js");
const heap = values.heap === undefined ? [] : [`--max-old-space-size=${values.heap}`];

/** The most resident memory of a process up to now, in megabytes; 0 when it has ended. */
function peakOf(pid) {
  try {
    return Math.round(
      (1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0)) / 1e6,
    );
  } catch {
    return 0;
  }
}

/** Runs `vrnn`, watching its memory. */
function vrnn(cwd, ...args) {
  const started = performance.now();
  const child = spawn(process.execPath, [...heap, main, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let [peak, stdout, stderr] = [0, "", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  const timer = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), 50);
  return new Promise((resolve, reject) => {
    child.on("close", (status) => {
      clearInterval(timer);
      const seconds = Math.round((performance.now() - started) / 1000);
      if (status === 0) resolve({ peak, seconds, stdout, stderr });
      else reject(new Error(stderr));
    });
  });
}

const folder = mkdtempSync(join(tmpdir(), "vrnn-large-"));
try {
  const { name, options: reading } = layoutOf(values.layout);
  const path = join(folder, name);
  const made = makeTable(path, Number(values.megabytes) * 1e6, Number(values.steps), values.layout);
  const model = ["--hidden", "8", "--latent", "2", "--batch", "128", "--window", "200", "--epochs", "1"];
  const sequence = reading.sequence === undefined ? [] : ["--sequence", reading.sequence];
  const train = await vrnn(folder, "train", name, "--stream", ...sequence, ...model, "--json");
  const evaluate = await vrnn(folder, "evaluate", "runs/large", "--json");
  const { natsPerStep } = JSON.parse(evaluate.stdout);
  if (Math.abs(natsPerStep - JSON.parse(train.stdout).test.natsPerStep) > 1e-6)
    throw new Error(`training told ${JSON.parse(train.stdout).test.natsPerStep}, evaluation ${natsPerStep}`);
  const sample = await vrnn(folder, "sample", "runs/large");
  const figures = ({ peak, seconds }) => ({ peak, seconds });
  console.log(
    JSON.stringify({
      megabytes: Math.round(statSync(path).size / 1e6),
      ...made,
      natsPerStep,
      train: figures(train),
      evaluate: figures(evaluate),
      sample: figures(sample),
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
