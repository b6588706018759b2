/**
 * Training speed as a ratio: the machine's ceiling first, then our step and PyTorch's, in turns, in one run.
 *
 *     npm run bench [-- --json] [-- --only tiny,music] [-- --rounds 5]
 *     npm run bench -- --against <checkout> [--pairs 20]      against another build of this project (against.mjs)
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decodeSafetensors, encodeSafetensors } from "../dist/checkpoint/safetensors.js";
import { against, leastRatio } from "./against.mjs";
import { measureCeiling } from "./ceiling.mjs";
import { Contender, configurations } from "./contender.mjs";
import { Rival } from "./rival.mjs";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean" },
    only: { type: "string" },
    rounds: { type: "string", default: "5" },
    against: { type: "string" },
    pairs: { type: "string", default: "20" },
  },
});
const say = (line) => process.stderr.write(`${line}\n`);
const names = options.only?.split(",") ?? Object.keys(configurations);
const rounds = Number(options.rounds);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const rounded = (value, digits = 2) => Number(value.toFixed(digits));

/** PyTorch's thread settings to choose the best of: its own kernels' and its BLAS library's. */
const threadSettings = [
  { threads: 1, blasThreads: 1 },
  { threads: 1, blasThreads: 2 },
  { threads: 2, blasThreads: 2 },
];

/** The largest ‖ours − theirs‖ / ‖theirs‖ over all parameter tensors. */
function worstGradientError(ours, theirs) {
  let worst = 0;
  for (const [name, { data }] of Object.entries(theirs)) {
    const own = ours[name]?.data;
    if (own === undefined) continue;
    const difference = Math.hypot(...chunkNorms(data.map((slope, i) => slope - own[i])));
    worst = Math.max(worst, difference / Math.max(Math.hypot(...chunkNorms(data)), 1e-30));
  }
  return worst;
}

/** Norms of pieces, as a call takes only so many arguments. */
function chunkNorms(data) {
  const size = 4096;
  return Array.from({ length: Math.ceil(data.length / size) }, (_, i) =>
    Math.hypot(...data.subarray(i * size, (i + 1) * size)),
  );
}

async function compare(name, rival, ceiling, folder) {
  const contender = await Contender.create(name);
  const ours = [];
  const theirs = new Map();
  let gradientError;
  if (rival !== undefined) gradientError = await meet(contender, rival, folder);
  for (let round = 0; round < rounds; round++) {
    ours.push(...(await contender.times(contender.repetitions)));
    for (const variant of rival === undefined ? [] : ["eager", "hoisted"]) {
      for (const setting of threadSettings) {
        const key = `${variant} ${setting.threads}+${setting.blasThreads}`;
        const { ms } = await rival.ask({ cmd: "step", count: round === 0 ? 2 : 1, variant, ...setting });
        theirs.set(key, [...(theirs.get(key) ?? []), ...ms]);
      }
    }
  }
  await contender.dispose();
  const best = (variant) => {
    const settings = [...theirs]
      .filter(([key]) => key.startsWith(variant))
      .map(([key, ms]) => ({ key, ms: median(ms) }));
    return settings.sort((a, b) => a.ms - b.ms)[0];
  };
  const oursMs = median(ours);
  const flops = 6 * contender.parameters * contender.rows;
  return {
    oursMs: rounded(oursMs),
    ...(rival && {
      pytorchMs: rounded(best("eager").ms),
      ratio: rounded(best("eager").ms / oursMs),
      pytorchSetting: best("eager").key,
      pytorchHoistedMs: rounded(best("hoisted").ms),
      ratioHoisted: rounded(best("hoisted").ms / oursMs),
      gradientError,
    }),
    ofCeiling: rounded(flops / (oursMs * 1e6) / ceiling.allCores, 3),
  };
}

/** Gives the rival our weights and inputs, and compares the gradients. */
async function meet(contender, rival, folder) {
  const [weights, inputs, out] = ["weights", "inputs", "gradients"].map((name) =>
    join(folder, `${name}.safetensors`),
  );
  writeFileSync(weights, encodeSafetensors(contender.weightTensors()));
  writeFileSync(inputs, encodeSafetensors(contender.inputTensors()));
  await rival.ask({ cmd: "setup", config: contender.config, weights, inputs });
  await rival.ask({ cmd: "gradients", out, variant: "eager" });
  const { tensors } = decodeSafetensors(readFileSync(out), out);
  return worstGradientError(await contender.gradientTensors(), tensors);
}

function printTable(result) {
  say(
    `\nsgemm ceiling: ${result.ceilingGflops.oneCore} GFLOP/s on one core, ${result.ceilingGflops.allCores} on all`,
  );
  say(
    "config   ours ms  PyTorch ms  ratio   (hoisted ms  ratio)  of ceiling  gradients differ by  PyTorch's best threads",
  );
  for (const [name, row] of Object.entries(result.train)) {
    const cell = (value, width) => String(value ?? "–").padStart(width);
    say(
      `${name.padEnd(7)}${cell(row.oursMs, 9)}${cell(row.pytorchMs, 12)}${cell(row.ratio, 7)}${cell(row.pytorchHoistedMs, 15)}${cell(row.ratioHoisted, 7)}` +
        `${cell(row.ofCeiling, 13)}${cell(row.gradientError?.toExponential(1), 21)}  ${row.pytorchSetting ?? ""}`,
    );
  }
}

if (options.against !== undefined) {
  say(`load before: ${loadavg()[0].toFixed(2)}`);
  const results = await against(options.against, names, Number(options.pairs), say);
  if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  const slower = Object.values(results).some(({ interval: [low] }) => low < leastRatio);
  process.exit(slower ? 1 : 0);
}

const folder = mkdtempSync(join(tmpdir(), "vrnn-bench-"));
const rival = await Rival.start(say);
try {
  say(`load before: ${loadavg()[0].toFixed(2)}`);
  const ceiling = await measureCeiling(rival);
  const result = { ceilingGflops: ceiling, train: {} };
  for (const name of names) {
    result.train[name] = await compare(name, rival, ceiling, folder);
    say(`${name}: ${JSON.stringify(result.train[name])}`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else printTable(result);
} finally {
  rival?.stop();
  rmSync(folder, { recursive: true, force: true });
}
