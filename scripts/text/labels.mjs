/**
 * `cls-…` and `oos-clinc150`: labels of texts by `--model classify`, beside TF-IDF with logistic regression of the same training split.
 *
 *     node scripts/text/labels.mjs sst2 [--seed 1] [--json]      # sst2, banking77, clinc150, sms
 *     node scripts/text/labels.mjs banking77 few [--json]        # ten labels of each intent, the other texts without
 *     node scripts/text/labels.mjs banking77 alone [--json]      # ten labels of each intent, and no other texts
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { auroc, Random, TfIdf } from "vrnn";
import { positionals, print, unpacked, vrnn, work } from "./common.mjs";

const [name, kind = "all"] = positionals;

/** Chosen on the validation splits of SST-2 and Banking77; the others are told as they came. */
const SETTINGS = [
  ...["--model", "classify", "--tokens", "words", "--case", "ignored", "--label", "label"],
  ...["--latent", 0, "--hidden", 64, "--embedding", 128, "--vocabulary", 6000],
];

const TASKS = {
  sst2: { read: sst2, training: ["--epochs", 14, "--lr", 0.004] },
  banking77: { read: banking77, training: ["--epochs", 14, "--lr", 0.006] },
  clinc150: { read: clinc150, training: ["--epochs", 12, "--lr", 0.006] },
  sms: { read: sms, training: ["--epochs", 8, "--lr", 0.003] },
};

/** A table of texts and labels, in the folder of a task. */
const quoted = (field) => `"${field.replaceAll('"', '""')}"`;
function write(file, rows) {
  writeFileSync(file, `text,label\n${rows.map((row) => row.map(quoted).join(",")).join("\n")}\n`);
}

/** Rows of CSV with quoted fields. */
function rowsOf(text) {
  const rows = [[]];
  for (const [, wrapped, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(wrapped === undefined ? plain : wrapped.replaceAll('""', '"'));
    if (end !== ",") rows.push([]);
    if (end === "") break;
  }
  return rows.filter(({ length }) => length > 1);
}

const shuffled = (rows, seed) => {
  const random = Random.stream(seed, "labels");
  return rows
    .map((row) => ({ row, at: random.uniform() }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);
};

function sst2() {
  const read = (split) =>
    readFileSync(unpacked("sst2.tar.gz", `sst2/${split}.tsv`), "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split("\t"));
  return { train: read("train"), valid: read("dev"), test: read("test") };
}

function banking77() {
  const read = (split) =>
    rowsOf(readFileSync(unpacked("banking77.tar.gz", `banking77/${split}.csv`), "utf8")).slice(1);
  const all = shuffled(read("train"), 1);
  const valid = all.slice(0, 500);
  const train = all.slice(500);
  if (kind === "all") return { train, valid, test: read("test") };
  const seen = new Map();
  const isKnown = ([, label]) => {
    seen.set(label, (seen.get(label) ?? 0) + 1);
    return seen.get(label) <= 10;
  };
  const few = train.map(([text, label]) => [text, isKnown([text, label]) ? label : ""]);
  return { train: kind === "few" ? few : few.filter(([, label]) => label !== ""), valid, test: read("test") };
}

function clinc150() {
  const all = JSON.parse(readFileSync(unpacked("clinc150.tar.gz", "clinc150/data/data_full.json"), "utf8"));
  return { train: all.train, valid: all.val, test: all.test, strangers: all.oos_test };
}

/** One of five folds of the collection, told by `--seed`. */
function sms(fold) {
  const text = readFileSync(unpacked("sms_spam.tar.gz", "sms_spam/SMSSpamCollection"), "utf8");
  const all = shuffled(
    text
      .trim()
      .split("\n")
      .map((line) => [line.slice(line.indexOf("\t") + 1), line.slice(0, line.indexOf("\t"))]),
    1,
  );
  const test = all.filter((_, i) => i % 5 === fold);
  const rest = all.filter((_, i) => i % 5 !== fold);
  return { train: rest.slice(400), valid: rest.slice(0, 400), test };
}

/** Trains and tells one set of tables. */
function told(folder, { train, valid, test, strangers }) {
  mkdirSync(folder, { recursive: true });
  for (const [split, rows] of Object.entries({ train, valid, test }))
    write(join(folder, `${split}.csv`), rows);
  const run = `runs/${folder.replaceAll("/", "-")}`;
  const { parameters } = vrnn("train", folder, ...SETTINGS, ...TASKS[name].training, "--out", run, "--force");
  const { metric, baselines, difference, verdict } = vrnn("evaluate", run, "--split", "test");
  const [tfIdf] = Object.values(baselines).filter(({ accuracy }) => accuracy !== undefined);
  const figures = { parameters, accuracy: 100 * metric.accuracy, tfIdf: 100 * tfIdf.accuracy };
  const interval = difference.interval.map((each) => 100 * each);
  if (strangers === undefined) return { ...figures, interval, pValue: difference.pValue, verdict, run };
  write(join(folder, "mixed.csv"), [...test, ...strangers]);
  const { none } = vrnn("classify", run, "--data", join(folder, "mixed.csv"), "--out", `${run}-mixed.csv`);
  return { ...figures, interval, pValue: difference.pValue, verdict, none, maximum: byMaximum() };

  /** How well the maximum of TF-IDF's probabilities tells strangers. */
  function byMaximum() {
    const levels = [...new Set(train.map(([, label]) => label))];
    const rule = TfIdf.fit(
      train.map(([text]) => text),
      train.map(([, label]) => levels.indexOf(label)),
      { inverseRegularisation: 10 },
    );
    const odd = ([text]) => -Math.max(...rule.probabilities(text));
    const all = [...test, ...strangers];
    return auroc(
      all.map(odd),
      all.map((_, i) => i >= test.length),
    );
  }
}

/** The area under the curve of the probability of spam, of the model and of TF-IDF, over all folds together. */
function spamFigures(folds) {
  const rows = folds.flatMap(({ run }, fold) => {
    vrnn("classify", run, "--split", "test", "--out", `${run}.csv`);
    const { train, test } = sms(fold);
    const rule = TfIdf.fit(
      train.map(([text]) => text),
      train.map(([, label]) => Number(label === "spam")),
      { inverseRegularisation: 10 },
    );
    const [header, ...lines] = rowsOf(readFileSync(`${run}.csv`, "utf8"));
    const at = header.indexOf("p.spam");
    const label = header.indexOf("label");
    const own = lines.map((line) => ({ model: Number(line[at]), isSpam: line[label] === "spam" }));
    const others = test.map(([text, each]) => ({
      rule: rule.probabilities(text)[1],
      isSpam: each === "spam",
    }));
    return [{ own, others }];
  });
  const [own, others] = ["own", "others"].map((which) => rows.flatMap((each) => each[which]));
  return {
    auroc: auroc(
      own.map(({ model }) => model),
      own.map(({ isSpam }) => isSpam),
    ),
    tfIdfAuroc: auroc(
      others.map(({ rule }) => rule),
      others.map(({ isSpam }) => isSpam),
    ),
  };
}

work("tables");
if (name === "sms") {
  const folds = [0, 1, 2, 3, 4].map((fold) => told(`tables/sms-${fold}`, sms(fold)));
  const mean = (which) => folds.reduce((all, each) => all + each[which], 0) / folds.length;
  const [accuracy, tfIdf] = [mean("accuracy"), mean("tfIdf")];
  // Folds are of other messages: the variances of their paired differences add up.
  const half = Math.hypot(...folds.map(({ interval: [low, high] }) => (high - low) / 2)) / folds.length;
  const interval = [accuracy - tfIdf - half, accuracy - tfIdf + half];
  print({ accuracy, tfIdf, interval, ...spamFigures(folds), folds });
} else {
  const { run: _, ...figures } = told(`tables/${name}-${kind}`, TASKS[name].read());
  print(figures);
}
