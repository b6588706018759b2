/**
 * The family and the baselines on one data set, a row each: all under one budget, told on the same held-out steps.
 *
 *     node scripts/comparison/compare.mjs compare-vowels [--json]     # without a name all are listed
 *
 * A comparison that was stopped goes on where it stood (in the folder where the script is called).
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { dataAt, positionals, print, vrnn, work, writeRows } from "../series/common.mjs";
import { readNpy, seriesAt } from "../series/data.mjs";
import { jointColumns, runsOf, splitOf } from "../series/robots.mjs";

const BUDGET = "45s";
const STUDENT = ["--emission", "student-t", "--center", "last"];

/** Where the data of a row are, and how they are told. */
const ROWS = {
  "compare-telemetry": { data: () => join(import.meta.dirname, "../../assets/telemetry"), words: STUDENT },
  "compare-schunk": { data: robotArm, words: [...STUDENT, "--time", "t"] },
  "compare-ecg5000": { data: heartbeats, words: [...STUDENT, "--sequence", "beat", "--time", "t"] },
  "compare-vowels": { data: () => dataAt("series/classification/JapaneseVowels"), words: STUDENT },
  "compare-exchange": { data: () => dataAt("series/exchange_rate/exchange_rate.txt.gz"), words: STUDENT },
};

/** Normal heartbeats, a sequence each. */
function heartbeats(at) {
  const { shape, values } = readNpy(seriesAt("ecg5000", "ecg5000_normal_train.npy.gz"));
  const [, steps] = shape;
  const rows = Array.from(values, (value, i) => [Math.floor(i / steps), i % steps, value]);
  writeRows(at("beats.csv"), [["beat", "t", "mV"], ...rows]);
  return at("beats.csv");
}

/** Six joints, their speeds and what drives them, a table for each run; by name they fall into splits. */
function robotArm(at) {
  work(at("raw"));
  work(at("arm"));
  const header = ["t", ...[..."avu"].flatMap(jointColumns)];
  runsOf("schunk_robot_arm.tar.gz", "Robot", at("raw")).forEach((rows, run) => {
    writeRows(at(`arm/${splitOf(run)}-${String(run).padStart(3, "0")}.csv`), [header, ...rows]);
  });
  return at("arm");
}

const [name] = positionals;
const row = ROWS[name];
if (row === undefined) {
  console.log(Object.keys(ROWS).join("\n"));
  process.exit(name === undefined ? 0 : 1);
}
const at = work(name);
const out = at("compared");
const going = existsSync(join(out, "comparison.json")) ? ["--resume"] : [];
const { models, best } = vrnn(
  "compare",
  row.data(at),
  ...row.words,
  "--budget",
  BUDGET,
  "--out",
  out,
  ...going,
);
print({ row: name, best, models });
