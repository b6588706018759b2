/**
 * `physionet`: in-hospital death of 4,000 stays in intensive care by five folds, AUROC. Hourly bins of 48 hours, the last value of
 * each, empty where nothing was measured. The model learns from all stays without their outcomes; the head of `vrnn probe`
 * learns on four folds, its ridge chosen within them.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { data, dist, mean, scratch, vrnn } from "./labelled.mjs";

const started = performance.now();
const HOURS = 48;
const STATIC = ["Age", "Gender", "Height", "ICUType"];

/** The files of an archive, by name. */
function* filesIn(tar) {
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const text = (from, length) => tar.toString("latin1", at + from, at + from + length).replace(/\0.*/s, "");
    const size = Number.parseInt(text(124, 12), 8);
    yield { name: text(0, 100), text: tar.toString("latin1", at + 512, at + 512 + size) };
    at += 512 * (1 + Math.ceil(size / 512));
  }
}

/** A stay in hourly bins; −1 is the data's word for unknown. */
function stayOf(name, text) {
  const known = {};
  const hours = Array.from({ length: HOURS }, () => ({}));
  for (const line of text.split("\n").slice(1)) {
    const [time, parameter, value] = line.trim().split(",");
    if (!value || parameter === "RecordID" || Number(value) === -1) continue;
    if (STATIC.includes(parameter)) known[parameter] = Number(value);
    else hours[Math.min(Number(time.slice(0, 2)), HOURS - 1)][parameter] = Number(value);
  }
  return { name, known, hours };
}

const stays = [];
const died = new Map();
for (const { name, text } of filesIn(
  gunzipSync(readFileSync(join(data, "medical/physionet2012_set_a.tar.gz"))),
)) {
  const [, id] = /\/(\d+)\.txt$/.exec(name) ?? [];
  if (id !== undefined) stays.push(stayOf(id, text));
  else if (/utcome/.test(name))
    for (const line of text.trim().split("\n").slice(1))
      died.set(line.split(",")[0], Number(line.trim().split(",").at(-1)));
}
stays.sort((a, b) => a.name.localeCompare(b.name));
const parameters = [
  ...new Set(stays.flatMap(({ hours }) => hours.flatMap((own) => Object.keys(own)))),
].sort();
const folder = scratch();
const lines = stays.flatMap(({ name, known, hours }) =>
  hours.map((own, hour) =>
    [name, hour, ...STATIC.map((key) => known[key] ?? ""), ...parameters.map((key) => own[key] ?? "")].join(
      ",",
    ),
  ),
);
writeFileSync(
  join(folder, "stays.csv"),
  `stay,hour,${[...STATIC, ...parameters].join(",")}\n${lines.join("\n")}\n`,
);
const named = ["--sequence", "stay", "--time", "hour", "--static", STATIC.join(","), "--split", "0.9,0.1,0"];
vrnn(folder, "train", "stays.csv", ...named, "--emission", "student-t", "--epochs", "8", "--out", "run");

const { openRun } = await dist("run/run.js");
const { nodeRuntime } = await dist("runtime/node.js");
const { modelDataOf } = await dist("models/family.js");
const { readOtherData } = await dist("workbench/run-data.js");
const { encodeSequences } = await dist("inference/encode.js");
const { heads } = await dist("patterns/probe.js");
const { fitTeller, told } = await dist("patterns/told-by.js");
const { foldsOf } = await dist("patterns/folds.js");
const { auroc } = await dist("metrics/auroc.js");
const run = openRun(join(folder, "run"));
const { columns } = modelDataOf(run.config.fields);
const { sequences } = readOtherData(run.config, () => {}, join(folder, "stays.csv"));
const { model, weights } = run;
const encoded = await encodeSequences({
  runtime: nodeRuntime(),
  model,
  weights,
  columns,
  sequences,
  particles: 2,
  seed: 1,
});
const levels = sequences.map(({ name }) => died.get(name));
const seen = { columns, conditions: model.conditions ?? [], encoded };
const fold = foldsOf(levels, 5, 1);

/** AUROC on each fold, told by what the others teach. */
function folds(head, pools) {
  const { rows } = heads[head].features(seen, pools);
  return Array.from({ length: 5 }, (_, k) => {
    const taken = (_, n) => fold[n] !== k;
    const left = (_, n) => fold[n] === k;
    const { teller } = fitTeller({ rows: rows.filter(taken), levels: levels.filter(taken), count: 2 }, 1);
    return auroc(
      rows.filter(left).map((row) => told(teller, row)[1]),
      levels.filter(left),
    );
  });
}

const own = folds("wide", ["mean", "last"]);
const summaries = folds("summaries", []);
const encodings = folds("encodings", ["mean", "last"]);
const gains = own.map((each, k) => each - summaries[k]);
const spread = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - mean(gains)) ** 2, 0) / 4 / 5);
console.log(
  JSON.stringify({
    auroc: mean(own),
    folds: own,
    interval: [mean(gains) - 2.776 * spread, mean(gains) + 2.776 * spread],
    baselines: { "logistic regression on summaries": mean(summaries) },
    encodingsAlone: mean(encodings),
    seconds: (performance.now() - started) / 1000,
  }),
);
process.exit(0);
