/**
 * The Numenta Anomaly Benchmark: each of its 58 series learned from its probationary steps (the first 15 %, at most 750), then
 * followed by a detector that learns on; one setting for all. The score of the standard profile at the threshold that is
 * best for all series together, and at the tool's own.
 * `node scripts/series/nab.mjs [--seed 1] [--series nyc_taxi] [-- options of vrnn train]`
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { furtherOptions, inScratch, said, seriesAt, vrnn } from "./data.mjs";
import { nabAt, nabOptimised, newsOf, probationarySteps } from "./nab-score.mjs";
import { windowedGaussian } from "./windowed-gaussian.mjs";

/** Alarms within so many steps are one. */
const QUIET = 100;

/** One small model for all: a series has a few hundred steps to learn from. */
const MODEL =
  "--hidden 32 --latent 4 --emission persistent --center mean --epochs 40 --lr 0.01 --schedule cosine --batch 4 --window 50".split(
    " ",
  );

const seed = said("seed", "1");
const only = said("series", "");
const windows = JSON.parse(readFileSync(seriesAt("nab", "labels", "combined_windows.json"), "utf8"));

const series = [];
for (const [name, spans] of Object.entries(windows))
  if (name.includes(only)) series.push(await followed(name, spans));

const judged = (scoresOf) => series.map((one) => ({ scores: scoresOf(one), windows: one.windows }));
const news = judged(({ score }) => newsOf(score, QUIET));
// Each series has a threshold of its own: what is above it counts from there.
const own = judged(({ score, threshold }) =>
  newsOf(
    score.map((value) => value - threshold),
    QUIET,
  ),
);
const gaussian = nabOptimised(judged(({ values }) => windowedGaussian(values)));
const optimised = nabOptimised(news);
console.log(
  JSON.stringify({
    optimised: optimised.score,
    own: nabAt(own, Number.MIN_VALUE).score,
    windowedGaussian: gaussian.score,
    details: { optimised, own: nabAt(own, Number.MIN_VALUE) },
  }),
);

async function followed(name, spans) {
  const lines = readFileSync(seriesAt("nab", "data", name), "utf8")
    .trim()
    .split(/\r?\n/);
  const times = lines.slice(1).map((line) => line.split(",")[0]);
  const values = Float64Array.from(lines.slice(1), (line) => Number(line.split(",")[1]));
  const placeOf = (time) => times.indexOf(time.slice(0, 19));
  const own = spans.map(([first, last]) => ({ first: placeOf(first), last: placeOf(last) }));
  return { name, values, windows: own, ...(await scored(lines, values)) };
}

/** What vrnn says of a series; one that never moves before it is judged tells nothing. */
async function scored(lines, values) {
  const head = probationarySteps(values.length);
  if (values.subarray(0, Math.floor(head * 0.8)).every((value) => value === values[0]))
    return { score: new Float64Array(values.length), threshold: 1 };
  return inScratch(async (folder) => {
    const at = (file) => join(folder, file);
    writeFileSync(at("head.csv"), `${lines.slice(0, head + 1).join("\n")}\n`);
    writeFileSync(at("all.csv"), `${lines.join("\n")}\n`);
    await vrnn(
      "train",
      at("head.csv"),
      "--split",
      "0.8,0.2,0",
      "--out",
      at("run"),
      "--seed",
      seed,
      ...furtherOptions(),
    );
    const { threshold } = await vrnn(
      "detect",
      at("run"),
      "--data",
      at("all.csv"),
      "--adapt",
      "--out",
      at("steps.csv"),
    );
    const [header, ...rows] = readFileSync(at("steps.csv"), "utf8").trim().split("\n");
    const column = header.split(",").indexOf("score");
    return { score: Float64Array.from(rows, (row) => Number(row.split(",")[column])), threshold };
  });
}
