/** What the scripts of the rows on time series share: a folder to work in, the command line, and how a row is told. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";

const root = join(import.meta.dirname, "../..");
const { values: said, positionals } = parseArgs({
  options: { json: { type: "boolean" }, seed: { type: "string" }, tuned: { type: "string" } },
  allowPositionals: true,
});

export { positionals };

/** A folder of its own, in the one where the script was called. */
export function work(name) {
  mkdirSync(name, { recursive: true });
  return (file) => join(name, file);
}

/** The path of a data set in the folder of all. */
export const dataAt = (...parts) => join(process.env.VRNN_DATA ?? "data", ...parts);

export const textOf = (path) =>
  (path.endsWith(".gz") ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString("utf8");

/** Rows of a CSV without quotes inside fields. */
export const rowsOf = (path) =>
  textOf(path)
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(",").map((field) => field.replaceAll('"', "")));

export const writeRows = (path, rows) =>
  writeFileSync(path, `${rows.map((row) => row.join(",")).join("\n")}\n`);

/** Commands that draw nothing, or by the seed of the run. */
const UNSEEDED = ["backtest", "evaluate", "translate"];

/** What a command prints as JSON. */
export function vrnn(...words) {
  const seeded = said.seed === undefined || UNSEEDED.includes(words[0]) ? [] : ["--seed", said.seed];
  const options = { encoding: "utf8", maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "inherit"] };
  const text = execFileSync(
    "node",
    [join(root, "dist/cli/main.js"), ...words.map(String), ...seeded, "--json"],
    options,
  );
  return JSON.parse(text.trim().split("\n").at(-1));
}

/** Trains a run with the defaults, or with what is found on validation data in a time such as `--tuned 2m`. */
export const train = (run, data, words) =>
  vrnn("train", data, "--out", run, "--force", ...words, ...(said.tuned ? ["--budget", said.tuned] : []));

const began = performance.now();

/** A measure of the model and of every rule, with the interval against the best. */
export function told(backtest, measure, column) {
  const of = (each) => (column === undefined ? each : each.columns[column])[measure];
  const rules = backtest.forecasters.filter(({ kind }) => kind === "rule");
  const [model, own = model] = backtest.forecasters.filter(({ kind }) => kind === "model");
  const level = (each) => (column === undefined ? each : each.columns[column]).coverage;
  return {
    value: of(model),
    baselines: Object.fromEntries(rules.map((rule) => [rule.name.replace(/ \(\d+\)$/, ""), of(rule)])),
    interval: backtest.interval,
    verdict: backtest.verdict,
    sentence: backtest.sentence,
    coverage: level(model),
    ownCoverage: level(own),
  };
}

/** Prints a row. */
export function print(row) {
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  console.log(JSON.stringify({ ...row, seconds }, null, said.json ? undefined : 2));
}
