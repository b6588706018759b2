// Measures `vrnn watch` as a user runs it: lines go into its stdin, answers come out of its stdout. Not part of
// `npm test`: it takes minutes. By hand, after `npm run build`:
//
//   node scripts/watch-load.mjs [--run runs/demo] [--rate 2000] [--seconds 30] [--lines 1000000] [--cores 0,1]
//                               [--option=--no-forecast ...]
//
// Without --run it trains a model of hidden size 64 on the shipped telemetry (18 columns) for a few epochs. The command
// is bound to the first of the cores by `taskset`, this script to the second. Three parts: latency per line at a steady
// rate, throughput when lines come as fast as they are taken, memory over many lines (--lines 0 leaves it out). Prints
// one JSON object.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";

const { values } = parseArgs({
  options: {
    run: { type: "string" },
    rate: { type: "string", default: "2000" },
    seconds: { type: "string", default: "30" },
    lines: { type: "string", default: "1000000" },
    cores: { type: "string", default: "0,1" },
    option: { type: "string", multiple: true, default: [] },
  },
});
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const telemetry = fileURLToPath(new URL("../assets/telemetry/", import.meta.url));
const [core, own] = values.cores.split(",");
const temporary = mkdtempSync(join(tmpdir(), "vrnn-watch-"));
const say = (text) => process.stderr.write(`${text}\n`);

function trainedRun() {
  const run = join(temporary, "run");
  say("training a model of hidden size 64 on the shipped telemetry");
  const settings = ["--hidden", "64", "--latent", "16", "--emission", "persistent", "--epochs", "5"];
  const batches = ["--batch", "8", "--window", "100"];
  execFileSync(process.execPath, [main, "train", telemetry, "--out", run, ...settings, ...batches], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return run;
}

/** The header and the rows of all test recordings, one after the other. */
function recordedLines() {
  const files = readdirSync(telemetry).filter((name) => /^test-.*\.csv\.gz$/.test(name));
  const tables = files.map((name) =>
    gunzipSync(readFileSync(join(telemetry, name)))
      .toString()
      .trimEnd()
      .split("\n"),
  );
  return { header: tables[0][0], rows: tables.flatMap((lines) => lines.slice(1)) };
}

const run = values.run ?? trainedRun();
const { header, rows } = recordedLines();
const rowAt = (i) => rows[i % rows.length];

/** Starts the command, and waits until it has answered a first line. */
async function start(onAnswer) {
  const child = spawn("taskset", ["-c", core, process.execPath, main, "watch", run, ...values.option], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let onLine = () => {};
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    const pieces = (rest + text).split("\n");
    rest = pieces.pop();
    for (const piece of pieces) onLine(piece);
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const first = new Promise((resolve) => {
    onLine = resolve;
  });
  child.stdin.write(`${header}\n${rowAt(0)}\n`);
  await first;
  onLine = onAnswer;
  return { child, ended };
}

const quantile = (sorted, share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
const rounded = (value) => Number(value.toPrecision(4));
const residentMegabytes = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

/** Seconds of a process on a core, and waiting for one that others hold. */
function coreSeconds(pid) {
  const [ran, waited] = readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ").map(Number);
  return { ran: ran / 1e9, waited: waited / 1e9 };
}

/** Lines at a steady rate: each is due at its time, and its latency counts from there, so that no delay is hidden. */
async function latency(rate, seconds) {
  const warmUp = 2 * rate;
  const count = warmUp + rate * seconds;
  const delays = [];
  let [answered, sent] = [0, 0];
  let began = 0;
  const { child, ended } = await start(() => {
    const delay = performance.now() - (began + (1000 * answered) / rate);
    if (answered >= warmUp) delays.push(delay);
    answered += 1;
    if (answered === count) child.stdin.end();
  });
  began = performance.now() + 100;
  await new Promise((resolve) => {
    const send = () => {
      const due = Math.min(count, Math.floor(((performance.now() - began) * rate) / 1000) + 1);
      for (; sent < due; sent++) child.stdin.write(`${rowAt(sent + 1)}\n`);
      if (sent < count) setImmediate(send);
      else resolve();
    };
    setTimeout(send, 100);
  });
  await ended;
  delays.sort((a, b) => a - b);
  const millisecond = (share) => rounded(quantile(delays, share));
  return {
    rate,
    lines: delays.length,
    p50: millisecond(0.5),
    p99: millisecond(0.99),
    p999: millisecond(0.999),
    max: millisecond(1),
  };
}

/** Lines as fast as they are taken; what the process holds in memory meanwhile. */
async function flood(count) {
  const resident = [];
  const every = Math.max(1, Math.floor(count / 20));
  let answered = 0;
  let after;
  const { child, ended } = await start(() => {
    answered += 1;
    if (answered === count) after = coreSeconds(child.pid);
    if (answered % every === 0) resident.push(Math.round(residentMegabytes(child.pid)));
  });
  const began = performance.now();
  const before = coreSeconds(child.pid);
  for (let i = 0; i < count; i += 50) {
    const block = Array.from({ length: Math.min(50, count - i) }, (_, j) => `${rowAt(i + j + 1)}\n`).join("");
    if (!child.stdin.write(block)) await new Promise((resolve) => child.stdin.once("drain", resolve));
  }
  child.stdin.end();
  await ended;
  const linesPerSecond = Math.round(count / ((performance.now() - began) / 1000));
  const perLine = (what) => rounded((1e6 * (after[what] - before[what])) / count);
  const microsecondsPerLine = { onCore: perLine("ran"), waitingForCore: perLine("waited") };
  return { lines: count, linesPerSecond, microsecondsPerLine, residentMegabytes: resident };
}

if (own !== undefined) execFileSync("taskset", ["-cp", own, String(process.pid)], { stdio: "ignore" });
const load = () => loadavg().map(rounded);
try {
  const before = load();
  say(`lines at ${values.rate} a second`);
  const steady = await latency(Number(values.rate), Number(values.seconds));
  say("lines as fast as they are taken");
  const full = await flood(20_000);
  say(`${values.lines} lines`);
  const memory = Number(values.lines) > 0 ? await flood(Number(values.lines)) : undefined;
  const machine = {
    cpu: cpus()[0].model,
    cores: cpus().length,
    node: process.version,
    load: { before, after: load() },
  };
  console.log(
    JSON.stringify({ run, options: values.option, latencyMilliseconds: steady, full, memory, machine }),
  );
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
