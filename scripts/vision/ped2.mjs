/**
 * The rows `ped2-…`: how well odd frames of UCSD Ped2 are told. It trains a run for each seed that is not there yet, by training clips
 * alone; three others tell the likelihood and set the threshold. The test clips are told only when asked.
 *
 *     VRNN_DATA=<folder of data sets> node scripts/vision/ped2.mjs [--work ped2-runs] [--seeds 1] [--epochs 12] [--twin] [--test] [--json]
 *
 * Beside it, of the same frames: the last frame again (the mean squared difference), smoothed likewise, and its worst patch.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { asTheSecond, frameDetector, frameScores, smoothed, worstPatch } from "../../dist/anomaly/frames.js";
import { readFrames } from "../../dist/data/files-frames.js";
import { sequencesIn } from "../../dist/data/whole-sequences.js";
import { frameMaps } from "../../dist/inference/frame-maps.js";
import { auroc } from "../../dist/metrics/auroc.js";
import { nodeRuntime, openRun } from "../../dist/node.js";
import { trainedRun, vrnn } from "../speech/vrnn.mjs";
import { ped2Clips, ped2Labels } from "./ped2-clips.mjs";

const { values: said } = parseArgs({
  options: {
    work: { type: "string", default: "ped2-runs" },
    seeds: { type: "string", default: "1" },
    epochs: { type: "string", default: "12" },
    twin: { type: "boolean" },
    test: { type: "boolean" },
    json: { type: "boolean" },
  },
});

/** Ten frames a second, scores smoothed over six frames. */
const [SMOOTHING, RATE, WIDTH, PIXELS] = [6, 10, 120, 9600];
/** Of what part of a frame the mean is its score: the worst square, which has a place, or all of it, as published figures are told. */
const SIDES = { patch: 12, frame: WIDTH };
const MEASURES = said.twin ? ["surprise", "error"] : ["surprise", "error", "divergence"];

/** Small enough for a quarter of an hour on one core. */
const RECIPE = [
  ...["--channels", "16", "--hidden", "64", "--reach", "2"],
  ...["--window", "12", "--batch", "4", "--shards", "1"],
  ...["--lr", "0.002", "--schedule", "cosine", "--patience", "0"],
  ...(said.twin ? ["--latent", "0"] : ["--latent", "8", "--kl-warmup", "400"]),
];

const clips = await ped2Clips(said.work);
const { splits } = readFrames(clips);
const runs = [];
for (const seed of said.seeds.split(",")) {
  const folder = trained(seed);
  const { natsPerStep } = JSON.parse(vrnn("evaluate", folder, "--split", "valid", "--json"));
  runs.push({ seed, validNats: natsPerStep, ...(said.test && (await toldBy(folder, Number(seed)))) });
}
print({ runs, ...(said.test && { baselines: await baselines() }) });

/** The run of a seed. */
function trained(seed) {
  const out = join(said.work, said.twin ? `twin-${seed}` : `run-${seed}`);
  const plan = ["--epochs", said.epochs, "--seed", seed];
  return trainedRun(out, clips, "--model", "video-vrnn", ...RECIPE, ...plan);
}

function print(told) {
  console.log(said.json ? JSON.stringify(told) : JSON.stringify(told, null, 2));
}

/** The figures of a run, by each measure and part of a frame. */
async function toldBy(folder, seed) {
  const { model, weights, config } = openRun(folder);
  const settings = { runtime: nodeRuntime({ threads: 1 }), model, weights, fields: config.fields, seed };
  const told = {};
  for (const measure of MEASURES) {
    const began = performance.now();
    const test = await worstOf({ ...settings, measure, source: splits.test });
    const frames = test.patch.reduce((all, { length }) => all + length, 0);
    const milliseconds = (performance.now() - began) / frames;
    const clean = await worstOf({ ...settings, measure, source: splits.valid });
    told[measure] = { milliseconds };
    for (const side of Object.keys(SIDES)) {
      const detector = frameDetector(clean[side], { smoothing: SMOOTHING, alarmsPerThousandSteps: 1 });
      const scores = test[side].map((values) => frameScores(values, detector, SMOOTHING));
      told[measure][side] = { ...areasOf(scores), ...alarmsOf(scores, detector.threshold) };
    }
  }
  return told;
}

/** The worst square of each side, of each frame of each clip. */
async function worstOf(settings) {
  const lengths = (await settings.source.index()).map(({ length }) => length);
  const worst = mapValues(SIDES, () => lengths.map((length) => new Float64Array(length)));
  for await (const { i, t, map } of frameMaps(settings))
    for (const [name, side] of Object.entries(SIDES)) worst[name][i][t] = worstPatch(map, WIDTH, side).value;
  for (const clips of Object.values(worst)) clips.forEach(asTheSecond);
  return worst;
}

function mapValues(object, make) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, make(value)]));
}

/** AUROC over all frames, the same after each clip's scores were spread over 0 to 1, and the mean over clips of both classes. */
function areasOf(scores) {
  const labels = ped2Labels(scores.map(({ length }) => length));
  const joined = labels.flatMap((own) => [...own]);
  const both = scores.flatMap((own, i) => (new Set(labels[i]).size === 2 ? [auroc(own, labels[i])] : []));
  return {
    raw: auroc(
      scores.flatMap((own) => [...own]),
      joined,
    ),
    minmax: auroc(scores.flatMap(spreadOver), joined),
    mean: both.reduce((all, each) => all + each, 0) / both.length,
  };
}

function spreadOver(scores) {
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  return Array.from(scores, (score) => (score - least) / (most - least + 1e-9));
}

/** What the threshold that clean clips set makes of the test clips. */
function alarmsOf(scores, threshold) {
  const labels = ped2Labels(scores.map(({ length }) => length)).flatMap((own) => [...own]);
  const alarms = scores.flatMap((own) => Array.from(own, (score) => score > threshold));
  const count = (alarm, label) => alarms.filter((each, i) => each === alarm && labels[i] === label).length;
  const [right, wrong, missed] = [count(true, 1), count(true, 0), count(false, 1)];
  const minutes = labels.filter((label) => label === 0).length / RATE / 60;
  return {
    precision: right / Math.max(1, right + wrong),
    recall: right / (right + missed),
    falseAlarmsPerMinute: wrong / minutes,
  };
}

/** What the frame before tells alone. */
async function baselines() {
  const test = await sequencesIn(splits.test);
  const changes = test.map(({ values: { x }, length }) =>
    Array.from({ length }, (_, t) => {
      const at = Math.max(t, 1) * PIXELS;
      return Float64Array.from({ length: PIXELS }, (_, i) => ((x[at + i] - x[at - PIXELS + i]) / 255) ** 2);
    }),
  );
  const worst = mapValues(SIDES, (side) =>
    changes.map((clip) => Float64Array.from(clip, (map) => worstPatch(map, WIDTH, side).value)),
  );
  return {
    "copy-last": areasOf(worst.frame),
    "copy-last, smoothed": areasOf(worst.frame.map((each) => smoothed(each, SMOOTHING))),
    "copy-last, worst patch, smoothed": areasOf(worst.patch.map((each) => smoothed(each, SMOOTHING))),
  };
}
