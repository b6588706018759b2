/**
 * The rows `digits-nats` and `digits-ssim`: ten frames of a digit of MNIST that bounces about 32 × 32 pixels, and the ten after them. Where
 * it meets an edge its speed is drawn anew, so no one can know where it goes. It trains a run for each seed that is not there yet.
 *
 *     VRNN_DATA=<folder of data sets> node scripts/vision/bouncing-digits.mjs [--work digits-runs] [--seed 1] [--epochs 40] [--test] [--json]
 *
 * Nats a frame of frames 11 to 20 (log p; a bound for the model), and of each clip the best structural similarity of twenty futures, means
 * over frames. Beside them stand the last frame again (in nats: how often each shade followed each shade in training) and the same model
 * without z. Intervals are those of the mean over clips, and of what the model has more than the others on the same clip (1.96 standard errors).
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { frameRules } from "../../dist/baselines/frames.js";
import { meanOf } from "../../dist/collections.js";
import { bytesToNpy } from "../../dist/data/arrays/write-npy.js";
import { readFrames } from "../../dist/data/files-frames.js";
import { parseIdx } from "../../dist/data/images/idx.js";
import { sequencesIn } from "../../dist/data/whole-sequences.js";
import { generateRows } from "../../dist/inference/generate.js";
import { prefixStates } from "../../dist/inference/prefix.js";
import { scoreRows } from "../../dist/inference/score.js";
import { ssim } from "../../dist/metrics/ssim.js";
import { nodeRuntime, openRun } from "../../dist/node.js";
import { Random } from "../../dist/random/generator.js";
import { trainedRun } from "../speech/vrnn.mjs";

const { values: said } = parseArgs({
  options: {
    work: { type: "string", default: "digits-runs" },
    seed: { type: "string", default: "1" },
    epochs: { type: "string", default: "40" },
    test: { type: "boolean" },
    json: { type: "boolean" },
  },
});

const [SIDE, DIGIT, SEEN, STEPS, FUTURES] = [32, 28, 10, 20, 20];
const PIXELS = SIDE * SIDE;
/** A digit is drawn at half its size, so that it has where to go. */
const SMALL = DIGIT / 2;
const SHADES = 256;
const COUNTS = { train: 1200, valid: 150, test: 200 };

/** The model, and its twin. */
const LATENT = { model: ["--latent", "8", "--kl-warmup", "2000"], twin: ["--latent", "0"] };

/** The folder of clips, made if it is not there: digits of training and test are those of MNIST's. */
function digitClips() {
  const folder = join(said.work, "digits");
  if (existsSync(folder)) return folder;
  const fresh = join(said.work, "digits.new");
  mkdirSync(fresh, { recursive: true });
  for (const [name, count] of Object.entries(COUNTS)) {
    const digits = picturesOf(name === "test" ? "t10k" : "train");
    const random = Random.stream(1, "bouncing digits", name);
    const bytes = Buffer.concat(Array.from({ length: count }, () => bouncing(digits, random)));
    writeFileSync(join(fresh, `${name}.npy`), bytesToNpy(bytes, [count, STEPS, SIDE, SIDE]));
  }
  renameSync(fresh, folder);
  return folder;
}

function picturesOf(part) {
  const file = join(process.env.VRNN_DATA ?? "data", "images/mnist", `${part}-images-idx3-ubyte.gz`);
  return parseIdx(gunzipSync(readFileSync(file)), file).values;
}

/** A clip `[STEPS, 32, 32]`: a digit with a speed, which is drawn anew at every edge. */
function bouncing(digits, random) {
  const which = random.integer(digits.length / DIGIT ** 2);
  const digit = halved(digits.subarray(which * DIGIT ** 2, (which + 1) * DIGIT ** 2));
  const most = SIDE - SMALL;
  let place = [random.integer(most + 1), random.integer(most + 1)];
  let speed = [0, 1].map(() => anySpeed(random));
  const clip = new Uint8Array(STEPS * PIXELS);
  for (let t = 0; t < STEPS; t++) {
    for (let i = 0; i < SMALL ** 2; i++) {
      const [y, x] = [place[0] + Math.floor(i / SMALL), place[1] + (i % SMALL)];
      clip[t * PIXELS + y * SIDE + x] = digit[i];
    }
    const next = place.map((at, axis) => at + speed[axis]);
    const isOut = next.some((at) => at < 0 || at > most);
    place = next.map((at) => Math.min(most, Math.max(0, at)));
    if (isOut)
      speed = place.map(
        (at) => (at === 0 ? 1 : at === most ? -1 : random.integer(2) * 2 - 1) * (1 + random.integer(3)),
      );
  }
  return clip;
}

const anySpeed = (random) => (random.integer(2) * 2 - 1) * (1 + random.integer(3));

/** Means of two by two pixels. */
const halved = (digit) =>
  Uint8Array.from({ length: SMALL ** 2 }, (_, i) => {
    const at = 2 * Math.floor(i / SMALL) * DIGIT + 2 * (i % SMALL);
    return (digit[at] + digit[at + 1] + digit[at + DIGIT] + digit[at + DIGIT + 1]) / 4;
  });

/** The run of a model or its twin. */
function trained(kind) {
  const words = [
    ...["--hidden", "32", "--channels", "8", "--reach", "3", ...LATENT[kind]],
    ...["--batch", "16", "--lr", "0.003", "--schedule", "cosine", "--patience", "0"],
    ...["--epochs", said.epochs, "--seed", said.seed],
  ];
  return trainedRun(join(said.work, `${kind}-${said.seed}`), clips, "--model", "video-vrnn", ...words);
}

/** Of each clip the nats of a frame, and the best similarity of some futures. */
async function toldBy(folder, seed) {
  const { model, weights, config } = openRun(folder);
  const settings = { runtime: nodeRuntime(), model, weights, fields: config.fields, seed };
  const scores = await scoreRows({ ...settings, sequences });
  const nats = scores.map(({ total }) => meanOf(total.subarray(SEEN)));
  const similarities = [];
  for (const clip of sequences) similarities.push(await bestFuture(settings, clip));
  return { nats, ssim: similarities };
}

/** The best similarity of a clip's futures. */
async function bestFuture(settings, clip) {
  const begun = { ...clip, length: SEEN, values: { x: clip.values.x.subarray(0, SEEN * PIXELS) } };
  const states = await prefixStates(
    settings,
    Array.from({ length: FUTURES }, () => begun),
  );
  const asked = { count: FUTURES, steps: STEPS - SEEN, temperature: 1, states };
  const rows = await generateRows({ ...settings, ...asked });
  const each = rows.map(({ emissionMean }) =>
    similarity(clip, (t) => emissionMean.subarray((t - SEEN) * PIXELS, (t - SEEN + 1) * PIXELS)),
  );
  return Math.max(...each);
}

/** What the last frame alone tells: its nats, and how similar the last that was seen is to what follows. */
function copied(training) {
  const clipOf = ({ values }) => values.x;
  const { copy } = frameRules(training.map(clipOf), { pixels: PIXELS, levels: SHADES });
  return {
    nats: sequences.map((clip) => meanOf(copy(clipOf(clip)).subarray(SEEN))),
    ssim: sequences.map((clip) => similarity(clip, () => frameOf(clip, SEEN - 1))),
  };
}

/** The mean structural similarity of a guess of each frame to come. */
const similarity = (clip, guess) =>
  meanOf(
    Array.from({ length: STEPS - SEEN }, (_, k) => ssim(frameOf(clip, SEEN + k), guess(SEEN + k), SIDE)),
  );

const frameOf = ({ values: { x } }, t) =>
  Float64Array.from(x.subarray(t * PIXELS, (t + 1) * PIXELS), (byte) => byte / (SHADES - 1));

/** A mean over clips, and how sure it is. */
function interval(values) {
  const mean = meanOf(values);
  const spread = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)) / values.length);
  return { mean, interval: [mean - 1.96 * spread, mean + 1.96 * spread] };
}

/** Means of all by measure, and what the model has more than the others. */
function toldOf(all) {
  const { model, ...others } = all;
  return Object.fromEntries(
    Object.keys(model).map((measure) => {
      const means = Object.entries(all).map(([name, each]) => [name, interval(each[measure])]);
      const more = Object.entries(others).map(([name, each]) => [
        name,
        interval(model[measure].map((value, i) => value - each[measure][i])),
      ]);
      return [measure, { ...Object.fromEntries(means), "model more than": Object.fromEntries(more) }];
    }),
  );
}

function print(told) {
  console.log(said.json ? JSON.stringify(told) : JSON.stringify(told, null, 2));
}

const clips = digitClips();
const { splits } = readFrames(clips);
const split = said.test ? "test" : "valid";
const sequences = await sequencesIn(splits[split]);
const figures = { "copy-last": copied(await sequencesIn(splits.train)) };
for (const kind of Object.keys(LATENT)) figures[kind] = await toldBy(trained(kind), Number(said.seed));
print({ split, clips: sequences.length, ...toldOf(figures) });
