/**
 * `changepoints-f1`: borders between sequences that were joined, found without labels; the mean of F1 over two data sets. The
 * test sequences of BasicMotions and of JapaneseVowels are cut to a random half or more of their length and joined by tens,
 * three times over, neighbours of different classes; a border counts within 10 steps (1 s) of BasicMotions, 3 of
 * JapaneseVowels. Rules choose their threshold on training sequences joined alike; the model learns from those unjoined.
 */
import { join } from "node:path";
import { dist, mean, readTs, scratch, uniform, vrnn, writeLong } from "./labelled.mjs";

const SETS = [
  { name: "BasicMotions", margin: 10, least: 10 },
  { name: "JapaneseVowels", margin: 3, least: 3 },
];
const SEEDS = [1, 2, 3];
const started = performance.now();
const { boundariesQuality } = await dist("metrics/boundaries.js");
const { cusumChanges } = await dist("baselines/cusum.js");
const { changePoints } = await dist("patterns/change-points.js");
const { standardOf, standardised } = await dist("patterns/standardise.js");

/** Recordings of up to ten sequences each, every sequence once in each of three rounds. */
function joined(sequences, seed) {
  const random = uniform(seed);
  const recordings = [];
  for (let round = 0; round < 3; round++) {
    const left = [...sequences];
    for (let i = left.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [left[i], left[j]] = [left[j], left[i]];
    }
    let own = { rows: [], truth: [], parts: 0 };
    const close = () => {
      if (own.truth.length > 0) recordings.push({ ...own, name: `r${recordings.length}` });
      own = { rows: [], truth: [], parts: 0 };
    };
    while (left.length > 0) {
      if (own.parts === 10) close();
      const next = left.findIndex(({ label }) => label !== own.last);
      if (next < 0) {
        close();
        if (left.every(({ label }) => label === left[0].label)) break;
        continue;
      }
      const [{ rows, label }] = left.splice(next, 1);
      const length = Math.round(rows.length * (0.5 + 0.5 * random()));
      const from = Math.floor(random() * (rows.length - length + 1));
      if (own.rows.length > 0) own.truth.push(own.rows.length);
      own.rows.push(...rows.slice(from, from + length));
      own.parts += 1;
      own.last = label;
    }
    close();
  }
  return recordings;
}

const f1Of = (recordings, find, margin) =>
  boundariesQuality(
    recordings.map((recording) => ({ found: find(recording), truth: recording.truth })),
    margin,
  ).f1;

function onOneScale({ rows }) {
  const all = rows.map((row) => Float64Array.from(row));
  const standard = standardOf(all);
  return all.map((row) => standardised(standard, row));
}

/** CUSUM of each column; alarms of several columns within the margin are one, at the first. */
const cusum = (threshold, margin) => (recording) => {
  const rows = onOneScale(recording);
  const all = [...rows[0].keys()]
    .flatMap((d) =>
      cusumChanges(
        Float64Array.from(rows, (row) => row[d]),
        { drift: 0.5, threshold, settling: margin },
      ),
    )
    .sort((a, b) => a - b);
  return all.filter((place, i) => i === 0 || place - all[i - 1] > margin);
};

const pelt = (factor, least, noise) => (recording) => {
  const rows = onOneScale(recording);
  const width = rows[0].length;
  const penalty = factor * width * Math.log(rows.length);
  return changePoints(Float64Array.from(rows.flatMap((row) => [...row])), width, {
    penalty,
    minimum: least,
    noise,
  }).places;
};

/** What does best on training sequences. */
const chosen = (candidates, recordings, margin) =>
  candidates
    .map((find) => ({ find, f1: f1Of(recordings, find, margin) }))
    .reduce((a, b) => (b.f1 > a.f1 ? b : a)).find;

/** Of rules alone: the product's is its default. */
const NOISES = [0.05, 0.1, 0.2, 0.3, 0.5];
const FACTORS = [0.5, 0.75, 1, 1.5, 2, 3];

function foundBy(folder, run, name, least, words) {
  const out = vrnn(
    folder,
    "segments",
    run,
    "--data",
    `${name}.csv`,
    "--least",
    String(least),
    "--out",
    `${run}-${name}-s.csv`,
    "--json",
    ...words,
  );
  const starts = new Map(
    out.sequences.map(({ sequence, segments }) => [sequence, segments.slice(1).map(({ from }) => from - 1)]),
  );
  return { of: out.of, find: ({ name: own }) => starts.get(own) };
}

const isTuned = process.argv.includes("--tuned");
const sets = SETS.map(({ name, margin, least }) => {
  const folder = scratch();
  const [train, test] = ["TRAIN", "TEST"].map((split) => readTs(name, split));
  const [shown, asked] = [joined(train, 1), joined(test, 2)];
  writeLong(join(folder, "train.csv"), train);
  writeLong(join(folder, "shown.csv"), shown);
  writeLong(join(folder, "asked.csv"), asked);
  const named = ["--sequence", "id", "--time", "t", "--split", "0.9,0.1,0"];
  const perSeed = SEEDS.map((seed) => {
    const run = `run-${seed}`;
    vrnn(folder, "train", "train.csv", ...named, "--seed", String(seed), "--out", run);
    const factor = isTuned
      ? FACTORS.map((own) => ({
          own,
          f1: f1Of(shown, foundBy(folder, run, "shown", least, ["--penalty", String(own)]).find, margin),
        })).reduce((a, b) => (b.f1 > a.f1 ? b : a)).own
      : undefined;
    const words = factor === undefined ? [] : ["--penalty", String(factor)];
    const { of, find } = foundBy(folder, run, "asked", least, words);
    const states = foundBy(folder, run, "asked", least, [...words, "--of", "latent"]).find;
    return { of, f1: f1Of(asked, find, margin), states: f1Of(asked, states, margin) };
  });
  vrnn(
    folder,
    "train",
    "train.csv",
    ...named,
    "--model",
    "hmm",
    "--states",
    "9",
    "--learner",
    "em",
    "--out",
    "hmm",
  );
  return {
    name,
    margin,
    borders: asked.reduce((sum, { truth }) => sum + truth.length, 0),
    perSeed,
    "PELT on columns": f1Of(
      asked,
      chosen(
        FACTORS.flatMap((factor) => NOISES.map((noise) => pelt(factor, least, noise))),
        shown,
        margin,
      ),
      margin,
    ),
    "PELT on columns, usual penalty": f1Of(asked, pelt(0.75, least), margin),
    CUSUM: f1Of(
      asked,
      chosen(
        [3, 5, 10, 20, 40].map((threshold) => cusum(threshold, margin)),
        shown,
        margin,
      ),
      margin,
    ),
    "HMM, 9 states": f1Of(asked, foundBy(folder, "hmm", "asked", least, ["--of", "latent"]).find, margin),
  };
});
const rules = ["PELT on columns", "PELT on columns, usual penalty", "CUSUM", "HMM, 9 states"];
console.log(
  JSON.stringify({
    f1: mean(sets.map(({ perSeed }) => mean(perSeed.map(({ f1 }) => f1)))),
    states: mean(sets.map(({ perSeed }) => mean(perSeed.map(({ states }) => states)))),
    baselines: Object.fromEntries(rules.map((rule) => [rule, mean(sets.map((own) => own[rule]))])),
    sets,
    seconds: (performance.now() - started) / 1000,
  }),
);
