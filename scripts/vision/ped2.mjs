/**
 * The rows `ped2-…`: how well odd frames of UCSD Ped2 are told. It trains a run for each seed that is not there yet, by training clips
 * alone; three others tell the likelihood and set the threshold. The test clips are told only when asked.
 *
 *     VRNN_DATA=<folder of data sets> node scripts/vision/ped2.mjs [--work ped2-runs] [--seeds 1] [--epochs 25] [--twin] [--test]
 *
 * Beside it, of the same frames: the last frame again (the mean squared difference), and its worst patch.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { frameDetector, frameScores, smoothed, worstPatch } from "../../dist/anomaly/frames.js";
import { readFrames } from "../../dist/data/files-frames.js";
import { sequencesIn } from "../../dist/data/whole-sequences.js";
import { frameMaps } from "../../dist/inference/frame-maps.js";
import { auroc } from "../../dist/metrics/auroc.js";
import { nodeRuntime, openRun } from "../../dist/node.js";
import { vrnn } from "../speech/vrnn.mjs";
import { ped2Clips, ped2Labels } from "./ped2-clips.mjs";

const { values: said } = parseArgs({
  options: {
    work: { type: "string", default: "ped2-runs" },
    seeds: { type: "string", default: "1" },
    epochs: { type: "string", default: "25" },
    twin: { type: "boolean" },
    test: { type: "boolean" },
  },
});

/** As published figures are told: patches of 12 × 12, smoothed over six frames; ten frames a second. */
const [PATCH, SMOOTHING, RATE, WIDTH, PIXELS] = [12, 6, 10, 120, 9600];
const MEASURES = said.twin ? ["surprise", "error"] : ["surprise", "error", "divergence"];

const clips = await ped2Clips(said.work);
const { splits } = readFrames(clips);
for (const seed of said.seeds.split(",")) {
  const folder = trained(seed);
  const { natsPerStep } = JSON.parse(vrnn("evaluate", folder, "--split", "valid", "--json"));
  console.log(`${folder}: ${natsPerStep} nats a frame of held-out training clips`);
  if (said.test) await toldBy(folder, Number(seed));
}
if (said.test) await baselines();

/** The run of a seed, trained if it is not there. */
function trained(seed) {
  const out = join(said.work, said.twin ? `twin-${seed}` : `run-${seed}`);
  const training = [
    "--window",
    "12",
    "--batch",
    "4",
    "--lr",
    "0.001",
    "--schedule",
    "cosine",
    "--patience",
    "0",
  ];
  const twin = said.twin ? ["--latent", "0"] : ["--kl-warmup", "100"];
  const plan = ["--epochs", said.epochs, "--seed", seed, "--out", out];
  if (!existsSync(join(out, "weights.safetensors")))
    vrnn("train", clips, "--model", "video-vrnn", ...training, ...twin, ...plan);
  return out;
}

/** The figures of a run, by each measure. */
async function toldBy(folder, seed) {
  const { model, weights, config } = openRun(folder);
  const settings = { runtime: nodeRuntime({ threads: 1 }), model, weights, fields: config.fields, seed };
  for (const measure of MEASURES) {
    const began = performance.now();
    const test = await patchesOf({ ...settings, measure, source: splits.test });
    const frames = test.reduce((all, { length }) => all + length, 0);
    const milliseconds = (performance.now() - began) / frames;
    const clean = await patchesOf({ ...settings, measure, source: splits.valid });
    const detector = frameDetector(clean, { smoothing: SMOOTHING, alarmsPerThousandSteps: 1 });
    const scores = test.map((patches) => frameScores(patches, detector, SMOOTHING));
    tell(measure, scores);
    tellAlarms(scores, detector.threshold);
    console.log(`  ${milliseconds.toFixed(1)} ms a frame on one core`);
  }
}

/** The worst patch of each frame of each clip. */
async function patchesOf(settings) {
  const patches = (await settings.source.index()).map(({ length }) => new Float64Array(length));
  for await (const { i, t, map } of frameMaps(settings)) patches[i][t] = worstPatch(map, WIDTH, PATCH).value;
  return patches.map(withoutFirst);
}

/** The first frame of a clip is told by no other: it counts as the second does. */
function withoutFirst(values) {
  values[0] = values[1];
  return values;
}

/** AUROC over all frames, the same after each clip's scores were spread over 0 to 1, and the mean over clips of both classes. */
function tell(name, scores) {
  const labels = ped2Labels(scores.map(({ length }) => length));
  const joined = labels.flatMap((own) => [...own]);
  const raw = auroc(
    scores.flatMap((own) => [...own]),
    joined,
  );
  const spread = auroc(scores.flatMap(spreadOver), joined);
  const both = scores.flatMap((own, i) => (new Set(labels[i]).size === 2 ? [auroc(own, labels[i])] : []));
  const mean = both.reduce((all, each) => all + each, 0) / both.length;
  console.log(
    `${name}: raw ${raw.toFixed(4)}, min-max ${spread.toFixed(4)}, mean of ${both.length} clips ${mean.toFixed(4)}`,
  );
}

function spreadOver(scores) {
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  return Array.from(scores, (score) => (score - least) / (most - least + 1e-9));
}

/** What the threshold that clean clips set makes of the test clips. */
function tellAlarms(scores, threshold) {
  const labels = ped2Labels(scores.map(({ length }) => length)).flatMap((own) => [...own]);
  const alarms = scores.flatMap((own) => Array.from(own, (score) => score > threshold));
  const count = (alarm, label) => alarms.filter((each, i) => each === alarm && labels[i] === label).length;
  const [right, wrong, missed] = [count(true, 1), count(true, 0), count(false, 1)];
  const minutes = labels.filter((label) => label === 0).length / RATE / 60;
  const precision = right / Math.max(1, right + wrong);
  const told = [precision, right / (right + missed)].map((share) => share.toFixed(3));
  console.log(
    `  at the clean threshold: precision ${told[0]}, recall ${told[1]}, ${(wrong / minutes).toFixed(1)} false alarms a minute`,
  );
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
  const mean = (map) => map.reduce((all, each) => all + each, 0) / PIXELS;
  tell(
    "copy-last",
    changes.map((clip) => Float64Array.from(clip, mean)),
  );
  const patches = changes.map((clip) =>
    Float64Array.from(clip, (map) => worstPatch(map, WIDTH, PATCH).value),
  );
  tell(
    "copy-last, worst patch, smoothed",
    patches.map((each) => smoothed(each, SMOOTHING)),
  );
}
