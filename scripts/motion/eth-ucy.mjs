/**
 * `eth-ucy-ade`, `eth-ucy-fde`: where pedestrians of ETH/UCY go, 8 → 12 steps of 0.4 s, one scene left out, over the windows of Social GAN
 * (two pedestrians at a time at least); best of 20, beside one guess, the nats of a step, a twin without latent variables and two
 * rules on the same windows.
 *
 *     node scripts/motion/eth-ucy.mjs eth,hotel,univ,zara1,zara2 [epochs] [test|valid] [spread] [--seed 1] [--json]
 *
 * Settings are chosen with `valid`, the last fifth of the time of the training scenes. Runs that are there are not trained again. A
 * `spread` of 5 draws 100 futures, of which the 20 that cover where all end are kept; the rule's are chosen likewise.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { constantVelocity, strayingVelocity } from "../../dist/baselines/constant-velocity.js";
import { readScenes } from "../../dist/data/files-motion.js";
import { pathAhead } from "../../dist/data/motion/heading.js";
import { sequenceOf } from "../../dist/data/motion/motion-dataset.js";
import { USUAL_WINDOW, windowsOf } from "../../dist/data/motion/windows.js";
import { drawnFutures, meanFuture } from "../../dist/inference/futures.js";
import { scoreRows } from "../../dist/inference/score.js";
import { bestErrors, displacementErrors, meanErrors } from "../../dist/metrics/displacement.js";
import { summariseNats } from "../../dist/metrics/nats.js";
import { covering } from "../../dist/patterns/covering.js";
import { Random } from "../../dist/random/generator.js";
import { openRun } from "../../dist/run/run.js";
import { nodeRuntime } from "../../dist/runtime/node.js";
import { dataAt, positionals, print, train, work } from "../series/common.mjs";

/** The recordings of each scene. */
const SCENES = {
  eth: ["biwi_eth"],
  hotel: ["biwi_hotel"],
  univ: ["students001", "students003"],
  zara1: ["crowds_zara01"],
  zara2: ["crowds_zara02"],
};
/** What else was recorded at the place of a scene, which does not train either. */
const BESIDE = { univ: ["uni_examples"] };
const RECORDINGS = [...Object.values(SCENES).flat(), "crowds_zara03", "uni_examples"];
const [COUNT, TWO] = [20, 2];
/** The model, and its twin. */
const LATENT = { z: ["--latent", 32], twin: ["--latent", 0] };

const [scenes = Object.keys(SCENES).join(), epochs = 20, split = "test", spread = 1] = positionals;
const at = work("eth-ucy");
const root = at("eth_ucy");
if (!existsSync(root))
  execFileSync("tar", ["xzf", dataAt("motion", "eth_ucy.tar.gz"), "-C", at(""), "--no-same-owner"]);

/** What trains and validates where a scene is left out. */
function foldOf(scene) {
  const left = [...SCENES[scene], ...(BESIDE[scene] ?? [])];
  for (const part of ["train", "val"]) {
    mkdirSync(at(join(scene, part)), { recursive: true });
    for (const name of RECORDINGS.filter((each) => !left.includes(each)))
      cpSync(join(root, part, `${name}_${part}.txt`), at(join(scene, part, `${name}.txt`)));
  }
  return at(scene);
}

function runOf(scene, kind) {
  const seed = process.argv.includes("--seed") ? process.argv[process.argv.indexOf("--seed") + 1] : 1;
  const run = at(`run-${scene}-${kind}-${epochs}-${seed}`);
  const training = ["--epochs", epochs, "--batch", 128, "--lr", 2e-3, "--pace", 0.3];
  const words = ["--model", "trajectory", ...training, ...LATENT[kind]];
  if (!existsSync(join(run, "report.html"))) train(run, foldOf(scene), words);
  return openRun(run);
}

const windowsAt = (path) => readScenes(path).flatMap(({ scene }) => windowsOf(scene, USUAL_WINDOW, TWO));
const windowsFor = (scene) =>
  split === "valid"
    ? windowsAt(join(foldOf(scene), "val"))
    : SCENES[scene].flatMap((name) => windowsAt(join(root, "all_data", `${name}.txt`)));

const runtime = nodeRuntime();

/** Best of some paths: of all, or of those that cover where they end. */
const best = (paths, truth) =>
  bestErrors(paths.length === COUNT ? paths : covering(paths, COUNT, 1).map((i) => paths[i]), truth);

async function judged(scene, kind, windows, truths) {
  const { config, model, weights } = runOf(scene, kind);
  const settings = { runtime, model, weights, fields: config.fields, seed: 1 };
  const sequences = windows.map((window) => sequenceOf(window, scene));
  const scores = await scoreRows({ ...settings, sequences, batchSize: 256 });
  const { natsPerStep } = summariseNats(scores.map(({ total }) => total));
  const steps = USUAL_WINDOW.ahead;
  const seen = windows.map((window) => window.seen);
  const drawn = await drawnFutures({ ...settings, count: COUNT * spread, steps }, seen);
  const paths = drawn.map((all, i) => all.map((moves) => pathAhead(windows[i].heading, moves)));
  return {
    natsPerStep,
    guess: meanErrors(paths.map((all, i) => displacementErrors(meanFuture(all), truths[i]))),
    best: meanErrors(paths.map((all, i) => best(all, truths[i]))),
  };
}

async function sceneRow(scene) {
  const windows = windowsFor(scene);
  const truths = windows.map(({ heading, departures }) => pathAhead(heading, departures));
  const random = Random.stream(1, "straying", scene);
  const straying = ({ heading }) =>
    Array.from({ length: COUNT * spread }, () => strayingVelocity(heading.speed, USUAL_WINDOW.ahead, random));
  const going = ({ heading }) => constantVelocity(heading.speed, USUAL_WINDOW.ahead);
  return {
    windows: windows.length,
    "constant velocity": meanErrors(windows.map((own, i) => displacementErrors(going(own), truths[i]))),
    "straying velocity": meanErrors(windows.map((own, i) => best(straying(own), truths[i]))),
    model: await judged(scene, "z", windows, truths),
    twin: await judged(scene, "twin", windows, truths),
  };
}

const rows = {};
for (const scene of scenes.split(",")) {
  rows[scene] = await sceneRow(scene);
  console.error(scene, JSON.stringify(rows[scene]));
}
const all = Object.values(rows);
print({
  scenes: rows,
  average: {
    "constant velocity": meanErrors(all.map((row) => row["constant velocity"])),
    "straying velocity": meanErrors(all.map((row) => row["straying velocity"])),
    guess: meanErrors(all.map(({ model }) => model.guess)),
    best: meanErrors(all.map(({ model }) => model.best)),
    twin: meanErrors(all.map(({ twin }) => twin.best)),
  },
});
