/**
 * How well 30 % of the entries of Server Machine Dataset 1-7 are filled, taken away at random or in blocks of 10 to 50
 * steps of a column, from the first 4,000 rows of test: `node scripts/series/fill-smd.mjs --json` in an empty folder trains
 * on the rows of train at the defaults, runs `vrnn impute` at its defaults, and prints one JSON object, with straight
 * lines, the last value and the mean of training beside it on the same gaps. Errors are in deviations of training and
 * pooled over all entries; CRPS is twice the mean pinball loss of the quantiles 10, 20, ... 90 %, of a point its error.
 *
 *     --seeds 1,2,3     of training and filling; gaps are the same
 *     --run <folder>    a run that was trained before, in the place of training (its seed is not known)
 *     --rows valid      the last 4,000 rows of train in the place of those of test: what settings are chosen by
 *     -- <options>      further options of vrnn impute
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../../dist/random/generator.js";
import { readNpy, root, seriesAt } from "./data.mjs";

const { values: flags, positionals: more } = parseArgs({
  options: {
    json: { type: "boolean" },
    seeds: { type: "string", default: "1" },
    run: { type: "string" },
    rows: { type: "string", default: "test" },
  },
  allowPositionals: true,
});

const ROWS = 4000;
const SHARE = 0.3;
const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** Errors of so many rows are taken together: neighbours are wrong together. */
const CHUNK = 100;

function vrnn(...given) {
  const { status } = spawnSync(process.execPath, [join(root, "dist/cli/main.js"), ...given], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`vrnn ${given.join(" ")} ended with ${status}`);
}

function read(name) {
  const { shape, values } = readNpy(seriesAt("smd", `machine-1-7_${name}.npy.gz`));
  return Array.from({ length: shape[0] }, (_, t) =>
    Array.from(values.subarray(t * shape[1], (t + 1) * shape[1]), (value) => Number(value.toPrecision(6))),
  );
}

const train = read("train");
const whole = flags.rows === "valid" ? train.slice(-ROWS) : read("test").slice(0, ROWS);
const width = train[0].length;
const names = Array.from({ length: width }, (_, d) => `m${d}`);
const table = (rows) => `${[names, ...rows].map((row) => row.join(",")).join("\n")}\n`;

const moments = names.map((_, d) => {
  const mean = train.reduce((sum, row) => sum + row[d], 0) / train.length;
  const variance = train.reduce((sum, row) => sum + (row[d] - mean) ** 2, 0) / train.length;
  return { mean, deviation: Math.sqrt(variance) };
});
/** Those that are not constant in training: the rest is not modelled. */
const told = [...moments.keys()].filter((d) => moments[d].deviation > 1e-9);

/** `[T][D]`: which entries are taken away. */
const tears = {
  random: () => {
    const random = Random.stream(1, "random gaps");
    return whole.map((row) => row.map(() => random.uniform() < SHARE));
  },
  blocks: () => {
    const random = Random.stream(1, "blocks");
    const columns = names.map(() => {
      const isGone = Array.from({ length: ROWS }, () => false);
      for (let gone = 0; gone < SHARE * ROWS; gone = isGone.filter(Boolean).length) {
        const start = random.integer(ROWS - 50);
        isGone.fill(true, start, start + 10 + random.integer(40));
      }
      return isGone;
    });
    return whole.map((_, t) => columns.map((isGone) => isGone[t]));
  },
};

/** The places of the observed entries before and after each step. */
function neighboursOf(isGone, d) {
  const steps = [...whole.keys()];
  const lastSeen = (order) => {
    let seen;
    const places = new Map(
      order.map((t) => {
        if (!isGone[t][d]) seen = t;
        return [t, seen];
      }),
    );
    return (t) => places.get(t);
  };
  return { before: lastSeen(steps), after: lastSeen(steps.toReversed()) };
}

const rules = {
  "straight line": ({ t, left, right }, d) => {
    if (left === undefined || right === undefined) return whole[left ?? right][d];
    return whole[left][d] + ((t - left) / (right - left)) * (whole[right][d] - whole[left][d]);
  },
  "last value": ({ left, right }, d) => whole[left ?? right][d],
  "mean of training": (_, d) => moments[d].mean,
};

/** Each entry that was taken away, and what stood there. */
function entriesOf(isGone) {
  return told.flatMap((d) => {
    const { before, after } = neighboursOf(isGone, d);
    return whole.flatMap((row, t) =>
      isGone[t][d] ? [{ t, d, value: row[d], place: { t, left: before(t), right: after(t) } }] : [],
    );
  });
}

const meanOf = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

/** Of errors of entries those of each stretch of rows, so that their mean is that of all entries. */
function byChunk(entries, errors) {
  const chunks = Array.from({ length: ROWS / CHUNK }, () => 0);
  entries.forEach(({ t }, i) => {
    chunks[Math.floor(t / CHUNK)] += (errors[i] * chunks.length) / entries.length;
  });
  return chunks;
}

/** 95 % of the mean of differences. */
function interval(left, right) {
  const differences = left.map((each, i) => each - right[i]);
  const mean = meanOf(differences);
  const variance = meanOf(differences.map((each) => (each - mean) ** 2)) / (differences.length - 1);
  return [mean - 1.96 * Math.sqrt(variance), mean + 1.96 * Math.sqrt(variance)];
}

/** What `vrnn impute` says: by its gaps, the errors, losses and hits of each entry. */
function filledBy(run, seed, torn) {
  const levels = LEVELS.join();
  const out = ["--out", "filled.csv", "--entries", "entries.csv", "--quantiles", levels];
  vrnn("impute", run, "--data", "torn", ...out, "--seed", seed, ...more);
  const [header, ...lines] = readFileSync("entries.csv", "utf8").trimEnd().split("\n");
  const at = Object.fromEntries(header.split(",").map((name, i) => [name, i]));
  const said = new Map(
    lines.map((line) => {
      const fields = line.split(",");
      return [`${fields[at.sequence]} ${fields[at.step] - 1} ${fields[at.column]}`, fields];
    }),
  );
  return Object.fromEntries(
    Object.entries(torn).map(([name, { entries }]) => {
      const scored = entries.map(({ t, d, value }) => {
        const fields = said.get(`${name} ${t} m${d}`);
        const quantiles = LEVELS.map((level) => Number(fields[at[`q${level}`]]));
        const { deviation } = moments[d];
        const losses = quantiles.map((each, i) =>
          Math.max(LEVELS[i] * (value - each), (LEVELS[i] - 1) * (value - each)),
        );
        return {
          error: Math.abs(quantiles[4] - value) / deviation, // the median is what fills
          crps: (2 * meanOf(losses)) / deviation,
          isHeld: quantiles[0] <= value && value <= quantiles[8] ? 1 : 0,
        };
      });
      return [name, scored];
    }),
  );
}

const started = performance.now();
mkdirSync("torn", { recursive: true });
const torn = Object.fromEntries(
  Object.entries(tears).map(([name, tear]) => {
    const isGone = tear();
    const rows = whole.map((row, t) => row.map((value, d) => (isGone[t][d] ? "" : value)));
    writeFileSync(`torn/${name}.csv`, table(rows));
    return [name, { entries: entriesOf(isGone) }];
  }),
);
writeFileSync("train.csv", table(train));

const seeds = flags.seeds.split(",");
const fills = seeds.map((seed) => {
  const run = flags.run ?? `run-${seed}`;
  if (flags.run === undefined) vrnn("train", "train.csv", "--out", run, "--seed", seed);
  return filledBy(run, seed, torn);
});

/** The figures of one kind of gaps, each the mean over seeds. */
function figuresOf(name) {
  const { entries } = torn[name];
  const scored = fills.map((fill) => fill[name]);
  const over = (part) => entries.map((_, i) => meanOf(scored.map((each) => each[i][part])));
  const errors = Object.fromEntries(
    Object.entries(rules).map(([rule, fill]) => [
      rule,
      entries.map(({ d, value, place }) => Math.abs(fill(place, d) - value) / moments[d].deviation),
    ]),
  );
  const baselines = Object.fromEntries(Object.entries(errors).map(([rule, each]) => [rule, meanOf(each)]));
  const [best] = Object.keys(baselines).toSorted((a, b) => baselines[a] - baselines[b]);
  const against = (part) => interval(byChunk(entries, over(part)), byChunk(entries, errors[best]));
  return {
    entries: entries.length,
    mae: meanOf(over("error")),
    crps: meanOf(over("crps")),
    coverage: meanOf(over("isHeld")),
    bySeed: scored.map((each) => meanOf(each.map(({ error }) => error))),
    interval: against("error"),
    crpsInterval: against("crps"),
    baselines,
  };
}

const seconds = (performance.now() - started) / 1000;
const figures = Object.fromEntries(Object.keys(tears).map((name) => [name, figuresOf(name)]));
console.log(JSON.stringify({ rows: flags.rows, seeds: seeds.map(Number), seconds, ...figures }));
