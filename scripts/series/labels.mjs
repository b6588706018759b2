/** Labels told from the states of a model that learned without them, on the official test split, three seeds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  bootstrap,
  columnsOf,
  dist,
  inMemory,
  mean,
  readTs,
  scratch,
  vrnn,
  writeLabels,
  writeLong,
} from "./labelled.mjs";

const SEEDS = [1, 2, 3];
/** What `--tuned` chooses among, by the log-loss over held-out folds of the training split. */
const SETTINGS = [64, 128].flatMap((hidden) => ["mean,last,sd", "mean,sd"].map((pool) => ({ hidden, pool })));

/** @param name of the data set @param isTuned whether settings are chosen on the training split */
export async function labelsRow(name, isTuned) {
  const started = performance.now();
  const [train, test] = ["TRAIN", "TEST"].map((split) => readTs(name, split));
  const folder = scratch();
  writeLong(join(folder, "train.csv"), train);
  writeLong(join(folder, "test.csv"), test);
  writeLabels(join(folder, "labels.csv"), [...train, ...test]);
  const told = SEEDS.map((seed) => toldBy(folder, seed, isTuned ? SETTINGS : [{}]));
  const right = test.map(({ label }, i) => mean(told.map((own) => Number(own[i] === label))));
  const baselines = await rules(train, test);
  const shares = Object.fromEntries(Object.entries(baselines).map(([rule, own]) => [rule, 100 * mean(own)]));
  const [best] = Object.entries(shares).sort((a, b) => b[1] - a[1])[0];
  return {
    accuracy: 100 * mean(right),
    perSeed: told.map((own) => 100 * mean(test.map(({ label }, i) => Number(own[i] === label)))),
    interval: bootstrap(right.map((own, i) => 100 * (own - baselines[best][i]))),
    baselines: shares,
    settingsTried: isTuned ? SETTINGS.length : 1,
    seconds: (performance.now() - started) / 1000,
  };
}

/** What the model tells of each test sequence, by the setting whose held-out log-loss is least. */
function toldBy(folder, seed, settings) {
  const tried = settings.map(({ hidden, pool }, i) => {
    const run = `run-${seed}-${i}`;
    const width = hidden === undefined ? [] : ["--hidden", String(hidden)];
    const pooled = pool === undefined ? [] : ["--pool", pool];
    const named = ["--sequence", "id", "--time", "t", "--split", "0.9,0.1,0", "--seed", String(seed)];
    vrnn(folder, "train", "train.csv", ...named, ...width, "--out", run);
    const { heldOut, chosen } = vrnn(
      folder,
      "probe",
      run,
      "--data",
      "train.csv",
      "--labels",
      "labels.csv",
      ...pooled,
      "--json",
    );
    return { run, loss: heldOut[chosen].logLoss };
  });
  const { run } = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
  vrnn(folder, "classify", run, "--data", "test.csv", "--out", "told.csv");
  const rows = readFileSync(join(folder, "told.csv"), "utf8").trim().split("\n").slice(1);
  return rows.map((row) => row.split(",")[1]);
}

/** Whether each simple rule tells each test sequence rightly. */
async function rules(train, test) {
  const { columnFeatures } = await dist("patterns/features.js");
  const { fitTeller, told } = await dist("patterns/told-by.js");
  const { standardOf, standardised } = await dist("patterns/standardise.js");
  const { nearestLevel } = await dist("baselines/nearest-neighbour.js");
  const names = [...new Set(train.map(({ label }) => label))].sort();
  const levels = train.map(({ label }) => names.indexOf(label));
  const [known, asked] = [train, test].map(inMemory);
  const columns = columnsOf(train);
  const hits = (place) => test.map(({ label }, i) => Number(names[place(i)] === label));
  const logistic = (pools) => {
    const { teller } = fitTeller(
      { rows: columnFeatures(columns, known, pools).rows, levels, count: names.length },
      1,
    );
    const { rows } = columnFeatures(columns, asked, pools);
    return hits((i) => {
      const logs = told(teller, rows[i]);
      return logs.indexOf(Math.max(...logs));
    });
  };
  const nearest = (pools) => {
    const { rows } = columnFeatures(columns, known, pools);
    const standard = standardOf(rows);
    const examples = { rows: rows.map((row) => standardised(standard, row)), levels };
    const others = columnFeatures(columns, asked, pools).rows;
    return hits((i) => nearestLevel(examples, standardised(standard, others[i])));
  };
  return {
    "logistic, means": logistic(["mean"]),
    "logistic, means and deviations": logistic(["mean", "sd"]),
    "logistic, summaries": logistic(["first", "last", "mean", "min", "max", "sd"]),
    "1-NN, means": nearest(["mean"]),
    "1-NN, means and deviations": nearest(["mean", "sd"]),
  };
}
