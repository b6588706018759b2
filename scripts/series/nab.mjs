/**
 * The Numenta Anomaly Benchmark: each of its 58 series learned from its probationary steps (the first 15 %, at most 750), then
 * followed by a detector that learns on; one setting for all. The score of the standard profile at the threshold that is
 * best for all series together, and at the tool's own.
 * `node scripts/series/nab.mjs [--seed 1] [--series nyc_taxi]`
 */
import { readFileSync } from "node:fs";
import {
  datasetFromArrays,
  detectorOf,
  entryScores,
  LiveDetector,
  scoreSequences,
  Trainer,
  trainingOptions,
  Vrnn,
} from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { said, seriesAt } from "./data.mjs";
import { nabAt, nabOptimised, newsOf, probationarySteps } from "./nab-score.mjs";
import { windowedGaussian } from "./windowed-gaussian.mjs";

/** Alarms within so many steps are one. */
const QUIET = 100;

/** One small model and a few hundred updates for all: a series has some hundred steps to learn from. */
const MODEL = { hidden: 32, latent: 4, emission: ["persistent"] };
const TRAINING = { epochs: 40, learningRate: 0.01, schedule: "cosine", batchSize: 4, window: 50, shards: 1 };

const runtime = nodeRuntime();
const seed = Number(said("seed", "1"));
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
  return { name, values, windows: own, ...(await scored(values)) };
}

/** What vrnn says of a series; one that never moves before it is judged tells nothing. */
async function scored(values) {
  const head = probationarySteps(values.length);
  const cut = Math.floor(head * 0.8);
  if (values.subarray(0, cut).every((value) => value === values[0]))
    return { score: new Float64Array(values.length), threshold: 1 };
  const parts = [values.subarray(0, cut), values.subarray(cut, head), values];
  const arrays = parts.map((part) => ({ value: [...part] }));
  const data = datasetFromArrays(arrays, { kinds: { value: "real" }, split: [0.34, 0.33, 0.33] });
  const { train, valid, test } = inOrder(data.splits);
  const { columns } = data;
  const model = new Vrnn({ columns, ...MODEL });
  const options = trainingOptions.parse({ ...TRAINING, seed });
  const trainer = await Trainer.create({ model, data, options, runtime });
  for await (const _ of trainer.fit()) {
    // Nothing is shown.
  }
  const settings = { runtime, model, weights: trainer.bestWeights, columns, seed };
  await trainer.dispose();
  const detector = await detectorOf({ ...settings, sequences: [...train, ...valid] });
  const live = new LiveDetector(detector, { adapts: true });
  const [scores] = await scoreSequences({ ...settings, sequences: test });
  const entries = entryScores({ sequence: test[0], scores });
  const width = columns.length + 1;
  const score = Float64Array.from(
    values,
    (value, t) =>
      live.step(entries.values.subarray(t * width, (t + 1) * width), Float64Array.of(value)).score,
  );
  return { score, threshold: detector.threshold };
}

/** The three parts of a series are its splits, whatever their order is there. */
function inOrder(splits) {
  const [test] = Object.values(splits)
    .flat()
    .toSorted((a, b) => b.length - a.length);
  if (splits.test[0] !== test) throw new Error("the series is to be the last split");
  return splits;
}
