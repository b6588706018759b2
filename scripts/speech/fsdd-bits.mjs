/**
 * `speech-bits`: how likely models find frames of 200 samples of the Free Spoken Digit Dataset, in the setting of Chung et al. 2015: a
 * VRNN and its twin without latent variables (RNN), each by normal samples, by a mixture of 20 normals of whole frames and by mixtures of
 * discretised logistics of 16 bits. Beside them stands a linear prediction of each sample (`linear`).
 *
 * Nats are of a frame of samples counted in steps of 16 bits. Those of `logistics` are probabilities of the recorded numbers, so their
 * bits per sample are those of a code. The others are densities where a step of 16 bits is 1, with no scale below half of one; of samples
 * from -1 to 1 a density is 200 · ln 32768 = 2079.4 nats a frame more. A bound stands below a VRNN's likelihood, an RNN's is exact.
 *
 *     VRNN_DATA=<folder of data sets> node scripts/speech/fsdd-bits.mjs [--work fsdd-bits] [--epochs 60] [--only vrnn-gaussian,...]
 *       [--fivo 16] [--json]      # everything behind -- goes to vrnn train
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fsddFolder, recordingsIn } from "./fsdd-data.mjs";
import { linearPrediction } from "./linear-prediction.mjs";
import { trainedRun, vrnn } from "./vrnn.mjs";

const { values: said, positionals: trainingWords } = parseArgs({
  options: {
    json: { type: "boolean" },
    work: { type: "string", default: "fsdd-bits" },
    epochs: { type: "string", default: "60" },
    only: { type: "string" },
    fivo: { type: "string" },
  },
  allowPositionals: true,
});

const outputs = {
  gaussian: ["--features", "samples"],
  gmm: ["--features", "samples", "--emission", "gmm-20"],
  logistics: ["--features", "pcm"],
};
const sizes = ["--hidden", "256"];
const families = {
  vrnn: ["--model", "vrnn", "--latent", "64", "--kl-warmup", "1000"],
  rnn: ["--model", "rnn"],
};
const training = [
  "--batch",
  "16",
  "--lr",
  "0.001",
  "--schedule",
  "cosine",
  "--clip",
  "1",
  "--weight-average",
  "0.99",
];

const LINEAR = "linear";

mkdirSync(said.work, { recursive: true });
const data = fsddFolder(join(said.work, "fsdd"), { test: "takes" });
const wanted = said.only?.split(",");
const rows = [];
for (const [family, ofFamily] of Object.entries(families))
  for (const [output, ofOutput] of Object.entries(outputs)) {
    const name = `${family}-${output}`;
    if (wanted !== undefined && !wanted.includes(name)) continue;
    const run = join(said.work, name);
    const words = [...ofFamily, ...sizes, ...ofOutput, ...training, "--epochs", said.epochs];
    trainedRun(run, data, ...words, ...trainingWords);
    const bound = family === "vrnn" && said.fivo ? ["--bound", "fivo", "--particles", said.fivo] : [];
    const { natsPerStep, bitsPerSample, steps } = JSON.parse(vrnn("evaluate", run, ...bound, "--json"));
    rows.push({
      name,
      natsPerFrame: natsPerStep,
      bitsPerSample,
      frames: steps,
      isProbability: output === "logistics",
    });
  }
/** Whole numbers of 16 bits, in whole frames of 200 as models have them. */
const FRAME = 200;
const levelsIn = (split) =>
  recordingsIn(data, split).map(({ samples }) =>
    Float64Array.from(samples.subarray(0, samples.length - (samples.length % FRAME)), (sample) =>
      Math.round(2 ** 15 * sample),
    ),
  );
if (wanted === undefined || wanted.includes(LINEAR)) {
  const [train, valid, test] = ["train", "valid", "test"].map(levelsIn);
  const { bitsPerSample } = linearPrediction({ train, valid, test });
  const natsPerFrame = -FRAME * Math.LN2 * bitsPerSample;
  const frames = test.reduce((all, { length }) => all + length / FRAME, 0);
  rows.push({ name: LINEAR, natsPerFrame, bitsPerSample, frames, isProbability: true });
}
if (said.json) console.log(JSON.stringify({ row: "speech-bits", models: rows }));
else
  for (const { name, natsPerFrame, bitsPerSample } of rows)
    console.log(`| ${name} | ${natsPerFrame.toFixed(1)} | ${bitsPerSample.toFixed(3)} |`);
