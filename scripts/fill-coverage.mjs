/**
 * Whether the 80 % intervals of filled entries hold 80 % of what stood there, beside a straight line between the
 * neighbours and the last value, each with the quantiles of its own errors on the validation split:
 * `node scripts/fill-coverage.mjs smd` (or `sines`, `telemetry`) in an empty folder trains a model at its defaults, takes
 * entries of the test split away, runs `vrnn impute` at its defaults, and prints one JSON object. With `--valid` the
 * validation split is torn in the place of the test split: what settings are chosen by. `--seed 2` trains from other
 * random numbers (not the telemetry, whose model is the demo's).
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { parseNpy } from "../dist/data/arrays/npy.js";
import { readDataset } from "../dist/data/files.js";
import { sampleQuantile } from "../dist/metrics/quantiles.js";
import { Random } from "../dist/random/generator.js";

const { positionals, values: flags } = parseArgs({
  options: { valid: { type: "boolean", default: false }, seed: { type: "string", default: "1" } },
  allowPositionals: true,
});
const [set] = positionals;
const root = join(import.meta.dirname, "..");
const data = process.env.VRNN_DATA ?? join(root, "../shared/data");
const split = flags.valid ? "valid" : "test";

/** Pieces of the split that is torn: how many, and how many steps each has. */
const PIECES = 4;
const STEPS = 250;

const LEVELS = [0.1, 0.9];

function vrnn(...given) {
  const { status, stdout } = spawnSync(process.execPath, [join(root, "dist/cli/main.js"), ...given], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`vrnn ${given.join(" ")} ended with ${status}`);
  return stdout;
}

const table = (rows) => {
  const header = rows[0].map((_, i) => `x${i + 1}`);
  return `${[header, ...rows].map((row) => row.join(",")).join("\n")}\n`;
};

/** Writes `train.csv`, `valid.csv` and `test.csv`. */
function writeSplits(splits) {
  mkdirSync("data");
  for (const [name, rows] of Object.entries(splits)) writeFileSync(`data/${name}.csv`, table(rows));
  return "data";
}

/** Server Machine Dataset, machine 1-7; the last fifth of its training rows validates. */
function smd() {
  const [train, test] = ["train", "test"].map((name) => {
    const file = join(data, `series/smd/machine-1-7_${name}.npy.gz`);
    const { shape, values } = parseNpy(gunzipSync(readFileSync(file)), file);
    const width = shape[1];
    const digits = (value) => Number(value.toPrecision(6));
    return Array.from({ length: shape[0] }, (_, t) =>
      Array.from(values.subarray(t * width, (t + 1) * width), digits),
    );
  });
  const cut = Math.floor(0.8 * train.length);
  const source = writeSplits({ train: train.slice(0, cut), valid: train.slice(cut), test });
  vrnn("train", source, "--out", "run", "--epochs", "6", "--seed", flags.seed);
  return source;
}

/** Ten sines of periods between 15 and 120 steps, with noise of deviation 0.2. */
function sines() {
  const random = Random.stream(1, "ten sines");
  const waves = Array.from({ length: 10 }, () => [
    15 + 105 * random.uniform(),
    2 * Math.PI * random.uniform(),
  ]);
  const rows = Array.from({ length: 25_000 }, (_, t) =>
    waves.map(([period, phase]) =>
      (Math.sin((2 * Math.PI * t) / period + phase) + 0.2 * random.normal()).toFixed(5),
    ),
  );
  const source = writeSplits({
    train: rows.slice(0, 20_000),
    valid: rows.slice(20_000, 22_000),
    test: rows.slice(22_000),
  });
  vrnn("train", source, "--out", "run", "--epochs", "15", "--seed", flags.seed);
  return source;
}

/** The recordings of the project, and the model of the demo. */
function telemetry() {
  vrnn("demo", "--out", "run");
  return join(root, "assets/telemetry");
}

/** The sequences of a split as the run reads them. */
function sequencesOf(source, name) {
  const config = JSON.parse(readFileSync("run/config.json", "utf8"));
  const { columns } = Object.values(config.fields).find(({ kind }) => kind === "columns");
  const dataset = readDataset(source, { ...config.data.schema, columns });
  return { columns: dataset.columns, sequences: dataset.splits[name] };
}

/** Pieces of equal length, spread over all sequences. */
function piecesOf(sequences, width) {
  const all = sequences.flatMap(({ values, length }) =>
    Array.from({ length: Math.floor(length / STEPS) }, (_, i) =>
      values.slice(i * STEPS * width, (i + 1) * STEPS * width),
    ),
  );
  return Array.from(
    { length: Math.min(PIECES, all.length) },
    (_, i) => all[Math.floor((i * all.length) / PIECES)],
  );
}

/** Takes away single entries, stretches of single columns, and whole steps: each about a twentieth. */
function tear(values, width, label) {
  const random = Random.stream(1, "tear", label);
  const torn = values.slice();
  const stretches = (columns, longest) => {
    for (let t = random.integer(200); t < STEPS; ) {
      const end = Math.min(STEPS, t + 1 + random.integer(longest));
      for (; t < end; t++) for (const d of columns) torn[t * width + d] = Number.NaN;
      t += 9 * longest + random.integer(2 * longest);
    }
  };
  torn.forEach((_, i) => {
    if (random.uniform() < 0.05) torn[i] = Number.NaN;
  });
  for (let d = 0; d < width; d++) stretches([d], 20);
  stretches([...Array(width).keys()], 10);
  return torn;
}

/** The neighbours of each entry that was taken away: how far they are, and what they were. */
function* removed(values, torn, width) {
  for (const [i, value] of torn.entries()) {
    if (!Number.isNaN(value) || Number.isNaN(values[i])) continue;
    const neighbour = (way) => {
      for (let place = i + way * width; place >= 0 && place < torn.length; place += way * width)
        if (!Number.isNaN(torn[place])) return { far: Math.abs(place - i) / width, value: torn[place] };
      return undefined;
    };
    const [before, after] = [neighbour(-1), neighbour(1)];
    if (before === undefined && after === undefined) continue;
    yield { step: Math.floor(i / width), column: i % width, value: values[i], before, after };
  }
}

const fills = {
  "straight line": ({ before, after }) =>
    before && after
      ? before.value + (before.far / (before.far + after.far)) * (after.value - before.value)
      : (before ?? after).value,
  "last value": ({ before, after }) => (before ?? after).value,
};

const classOf = ({ before, after }) =>
  [8, 4, 2, 1].find((least) => Math.min(before?.far ?? Infinity, after?.far ?? Infinity) >= least);

/** Of each column and distance the quantiles of a fill's errors on the validation split. */
function errorsOf(fill, pieces, width) {
  const errors = new Map();
  pieces.forEach((values, k) => {
    for (const entry of removed(values, tear(values, width, `errors ${k}`), width)) {
      const key = `${entry.column} ${classOf(entry)}`;
      errors.set(key, [...(errors.get(key) ?? []), entry.value - fill(entry)]);
    }
  });
  return new Map([...errors].map(([key, all]) => [key, all.sort((a, b) => a - b)]));
}

/** Sums up how intervals held, by entry. */
class Tally {
  count = 0;
  held = 0;
  squares = 0;
  pinball = 0;
  add(value, mean, ends, deviation) {
    this.count++;
    if (ends[0] <= value && value <= ends[1]) this.held++;
    this.squares += ((value - mean) / deviation) ** 2;
    const losses = LEVELS.map((level, i) =>
      Math.max(level * (value - ends[i]), (level - 1) * (value - ends[i])),
    );
    this.pinball += (losses[0] + losses[1]) / 2 / deviation;
  }
  get figures() {
    const { count, held, squares, pinball } = this;
    return {
      entries: count,
      coverage: held / count,
      error: Math.sqrt(squares / count),
      pinball: pinball / count,
    };
  }
}

const source = { smd, sines, telemetry }[set]();
const { columns, sequences } = sequencesOf(source, split);
const width = columns.length;
const pieces = piecesOf(sequences, width);
const torn = pieces.map((values, k) => tear(values, width, `${split} ${k}`));
mkdirSync("torn");
torn.forEach((values, k) => {
  const rows = Array.from({ length: STEPS }, (_, t) =>
    Array.from(values.subarray(t * width, (t + 1) * width), (value) => (Number.isNaN(value) ? "" : value)),
  );
  const header = columns.map(({ name }) => name);
  writeFileSync(`torn/piece${k}.csv`, `${[header, ...rows].map((row) => row.join(",")).join("\n")}\n`);
});

const entries = pieces.flatMap((values, k) =>
  [...removed(values, torn[k], width)].map((entry) => ({ k, ...entry })),
);
const deviationOf = ({ column }) => columns[column].standardDeviation || 1;

/** What `vrnn impute` says of the entries. */
function imputed(...given) {
  const path = "entries.csv";
  vrnn("impute", "run", "--data", "torn", "--out", "filled.csv", "--entries", path, ...given);
  const [header, ...rows] = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  const at = Object.fromEntries(header.map((name, i) => [name, i]));
  const said = new Map(
    rows.map((row) => [
      `${row[at.sequence]} ${row[at.step]} ${row[at.column]}`,
      ["mean", "q0.1", "q0.9"].map((name) => Number(row[at[name]])),
    ]),
  );
  const tally = new Tally();
  for (const entry of entries) {
    const [mean, ...ends] = said.get(`piece${entry.k} ${entry.step + 1} ${columns[entry.column].name}`);
    tally.add(entry.value, mean, ends, deviationOf(entry));
  }
  return tally.figures;
}

function rowOfFill(fill) {
  const errors = errorsOf(fill, piecesOf(sequencesOf(source, "valid").sequences, width), width);
  const tally = new Tally();
  for (const entry of entries) {
    const all = errors.get(`${entry.column} ${classOf(entry)}`) ?? [0];
    const mean = fill(entry);
    tally.add(
      entry.value,
      mean,
      LEVELS.map((level) => mean + sampleQuantile(all, level)),
      deviationOf(entry),
    );
  }
  return tally.figures;
}

const own = imputed();
const withoutLag = imputed("--lag", "0");
const model = imputed("--no-calibrate");
const modelWithoutLag = imputed("--no-calibrate", "--lag", "0");
const baselines = Object.fromEntries(Object.entries(fills).map(([name, fill]) => [name, rowOfFill(fill)]));
const { seed } = flags;
console.log(JSON.stringify({ set, split, seed, ...own, withoutLag, model, modelWithoutLag, baselines }));
