// Kills a training run at random moments, resumes it each time, and compares what it leaves with a run that was never
// disturbed, byte for byte. Not part of `npm test`: it takes minutes. By hand, after `npm run build`:
//
//   node scripts/kill-test.mjs [--kills 20] [--epochs 40] [--cell lstm] [--seed 1] [--within 2.5] [--keep]
//
// Kills come within so many seconds of a start: on a busy machine more, or no run gets as far as its first checkpoint.
// Prints a line per kill and one JSON object at the end; exits 1 when a byte differs.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Random } from "../dist/random/generator.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "20" },
    epochs: { type: "string", default: "40" },
    cell: { type: "string", default: "lstm" },
    seed: { type: "string", default: "1" },
    within: { type: "string", default: "2.5" },
    keep: { type: "boolean", default: false },
  },
});
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const random = Random.stream(Number(values.seed), "kill-test");
const folder = mkdtempSync(join(tmpdir(), "vrnn-kill-"));
const compared = ["config.json", "weights.safetensors", "state.safetensors", "metrics.jsonl"];

/** Sequences of different lengths, longer than the window, so that a checkpoint may fall into a sequence. */
function writeData() {
  const rows = Array.from({ length: 24 }, (_, run) =>
    Array.from({ length: 60 + random.integer(200) }, (_, t) => {
      const wave = Math.sin(t / 5 + run) + 0.2 * random.uniform();
      return `r${run},${wave.toFixed(3)},${(wave * random.uniform()).toFixed(3)},${wave > 0 ? 1 : 0}`;
    }),
  ).flat();
  writeFileSync(join(folder, "data.csv"), `run,a,b,c\n${rows.join("\n")}\n`);
}

const beginning = (run) => [
  ...[
    "train",
    "data.csv",
    "--sequence",
    "run",
    "--out",
    run,
    "--epochs",
    values.epochs,
    "--cell",
    values.cell,
  ],
  ...["--hidden", "32", "--latent", "8", "--window", "40", "--dropout", "0.1", "--kl-warmup", "100"],
];

function finish(args) {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`status ${status}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

/** Starts a process and kills it after some milliseconds; false when it had ended before. */
async function killAfter(args, milliseconds) {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  const { code, signal } = await ended;
  clearTimeout(timer);
  if (signal !== "SIGKILL" && code !== 0) throw new Error(`the run ended with status ${code}`);
  return signal === "SIGKILL";
}

const stepOf = (run) => {
  const path = join(folder, run, "state.safetensors");
  return existsSync(path) ? Number(/"step":"(\d+)"/.exec(readFileSync(path, "latin1"))?.[1]) : 0;
};
const digest = (run, name) =>
  createHash("sha256")
    .update(readFileSync(join(folder, run, name)))
    .digest("hex");
const next = () =>
  existsSync(join(folder, "killed", "config.json")) ? ["train", "--resume", "killed"] : beginning("killed");

writeData();
const seconds = finish(beginning("whole"));
console.log(`undisturbed: ${seconds.toFixed(1)} s, ${stepOf("whole")} steps`);

for (let kill = 1; kill <= Number(values.kills); kill++) {
  // The moments lie within the life of a process, starting up included.
  const milliseconds = 100 + random.uniform() * Math.min(1000 * Number(values.within), seconds * 500);
  if (!(await killAfter(next(), milliseconds)))
    throw new Error(`the run ended after ${kill - 1} kills: try more --epochs`);
  console.log(`kill ${kill} after ${milliseconds.toFixed(0)} ms: checkpoint of step ${stepOf("killed")}`);
}
finish(next());

const differing = compared.filter((name) => digest("whole", name) !== digest("killed", name));
const [steps, kills] = [stepOf("killed"), Number(values.kills)];
console.log(
  JSON.stringify({
    kills,
    steps,
    equal: differing.length === 0,
    differing,
    weights: digest("killed", compared[1]),
  }),
);
if (values.keep) console.log(folder);
else rmSync(folder, { recursive: true });
process.exitCode = differing.length === 0 ? 0 : 1;
