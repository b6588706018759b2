/**
 * `speech-voice`: how well a model of the Free Spoken Digit Dataset speaks. It trains one (or takes `--run`), has it say each digit as
 * each speaker, and measures what it says beside real test recordings, as they are and through mel bands and Griffin-Lim (the ceiling):
 *
 * - understood: by `--recogniser`, a run of `vrnn train --model recognise` on the training split, where one is named; and by linear
 *   discriminant analysis of cepstra, their means in eight stretches of the utterance;
 * - the right speaker: by linear discriminant analysis of the means and deviations of cepstra and of their slopes;
 * - copied: how far the nearest training recording of the same digit by the same speaker is, by dynamic time warping of mel bands, a frame.
 *
 *     VRNN_DATA=<folder of data sets> node scripts/speech/fsdd-voice.mjs [--work fsdd-voice] [--run <run>] [--recogniser <run>]
 *       [--count 10] [--epochs 100] [--temperature 0.75] [--json]      # everything behind -- goes to vrnn train
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nearestTemplate } from "../../dist/baselines/nearest-template.js";
import { groupBy } from "../../dist/collections.js";
import { frontEnd } from "../../dist/data/audio/front-end.js";
import { encodeWav } from "../../dist/data/audio/wav-encode.js";
import { earsFor } from "../../dist/data/speech/ears.js";
import { knownOfSpeech } from "../../dist/data/speech/knowledge.js";
import { soundOf } from "../../dist/data/speech/sound-of-steps.js";
import { lengthOf } from "../../dist/data/speech/voices.js";
import { Random } from "../../dist/index.js";
import { Speaker } from "../../dist/inference/speech/speaker.js";
import { nodeRuntime, openRun } from "../../dist/node.js";
import { spectrogramPicture } from "../../dist/report/spectrogram-picture.js";
import { fsddFolder, recordingsIn } from "./fsdd-data.mjs";
import { linearClasses } from "./linear-classes.mjs";
import { understoodBy } from "./understood.mjs";
import { trainedRun, vrnn } from "./vrnn.mjs";

const { values: said, positionals: trainingWords } = parseArgs({
  options: {
    json: { type: "boolean" },
    work: { type: "string", default: "fsdd-voice" },
    run: { type: "string" },
    recogniser: { type: "string" },
    count: { type: "string", default: "10" },
    epochs: { type: "string", default: "100" },
    temperature: { type: "string", default: "0.75" },
    latentTemperature: { type: "string", default: "1" },
  },
  allowPositionals: true,
});

mkdirSync(said.work, { recursive: true });
const data = fsddFolder(join(said.work, "fsdd"), { test: "takes" });
const ears = earsFor("mel", 8000);
const hearing = {
  features: "mel",
  spectral: ears.spectral,
  width: 40,
  frameRate: ears.frameRate,
  deltas: 0,
  stack: 1,
};
const cepstra = frontEnd({ rate: 8000, cepstra: 13, deltas: 1 });

/** Recordings as a folder that `vrnn` reads. */
function writeFolder(folder, recordings) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "recordings"), { recursive: true });
  for (const { path, samples } of recordings)
    writeFileSync(join(folder, path), encodeWav({ rate: 8000, channels: [samples] }));
  const lines = recordings.map(({ path, text, speaker }) => [path, text, speaker, "test"].join(","));
  writeFileSync(join(folder, "manifest.csv"), `${["path,text,speaker,split", ...lines].join("\n")}\n`);
  return folder;
}

/** Has the run say each digit as each speaker, as long as one of training. */
async function spoken(path, folder, texts, speakers) {
  const { config, model, weights } = openRun(path);
  const { hearing, durations } = knownOfSpeech(config.modality);
  const settings = { runtime: nodeRuntime(), model, weights, fields: config.fields, hearing };
  const spread = { temperature: Number(said.temperature), latentTemperature: Number(said.latentTemperature) };
  const recordings = [];
  for (const [t, text] of texts.entries()) {
    const asked = speakers.flatMap((speaker) =>
      Array.from({ length: Number(said.count) }, (_, i) => {
        const share = Random.stream(1, "length", text, speaker, i).uniform();
        return { text, speaker, length: lengthOf(durations, { text, speaker }, share) };
      }),
    );
    const utterances = await new Speaker({ ...settings, ...spread, seed: t + 1 }).say(asked);
    for (const [i, { frames, ended }] of utterances.entries())
      recordings.push({
        ...{
          path: `recordings/${text}_${asked[i].speaker}_${i}.wav`,
          text,
          speaker: asked[i].speaker,
          ended,
        },
        samples: soundOf(hearing, frames, { seed: i }).channels[0],
      });
  }
  writeFolder(folder, recordings);
  return recordings;
}

const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rowsOf = ({ values, width, length }) =>
  Array.from({ length }, (_, t) => values.subarray(t * width, (t + 1) * width));

/** Means and deviations of all of it: who speaks. */
function voiceOf({ samples }) {
  const rows = rowsOf(cepstra.features(samples));
  const means = Array.from(rows[0], (_, d) => meanOf(rows.map((row) => row[d])));
  const spreads = means.map((mean, d) => Math.sqrt(meanOf(rows.map((row) => (row[d] - mean) ** 2))));
  return [...means, ...spreads];
}

/** Means of eight stretches of it: what is said. */
function wordOf({ samples }) {
  const rows = rowsOf(cepstra.features(samples));
  return Array.from({ length: 8 }, (_, i) => {
    const from = Math.min(rows.length - 1, Math.floor((i * rows.length) / 8));
    const own = rows.slice(from, Math.max(from + 1, Math.floor(((i + 1) * rows.length) / 8)));
    return Array.from(rows[0].subarray(0, 13), (_, d) => meanOf(own.map((row) => row[d])));
  }).flat();
}

const words = [data, "--model", "voice", "--epochs", said.epochs, ...trainingWords];
const run = said.run ?? trainedRun(join(said.work, "voice"), ...words);

const train = recordingsIn(data, "train");
const test = recordingsIn(data, "test");
const [texts, speakers] = ["text", "speaker"].map((name) =>
  [...new Set(train.map((each) => each[name]))].sort(),
);
const samples = await spoken(run, join(said.work, "samples"), texts, speakers);
const resynthesised = test.map((each) => ({
  ...each,
  samples: soundOf(hearing, ears.frames(each.samples)).channels[0],
}));
const folders = {
  real: writeFolder(join(said.work, "real"), test),
  vocoder: writeFolder(join(said.work, "vocoder"), resynthesised),
};

const content = (name, each) => ({
  name,
  frames: ears.frames(each.samples),
  frameRate: ears.frameRate,
  centresHz: frontEnd(ears.spectral).centresHz,
});
for (const speaker of [speakers[0], speakers[1]]) {
  const pairs = texts.flatMap((text) => [
    content(
      `${text}, ${speaker}, recorded`,
      test.find((each) => each.text === text && each.speaker === speaker),
    ),
    content(
      `${text}, ${speaker}, made up`,
      samples.find((each) => each.text === text && each.speaker === speaker),
    ),
  ]);
  writeFileSync(
    join(said.work, `${speaker}.svg`),
    spectrogramPicture(`Digits as ${speaker} says them`, pairs),
  );
}
const who = linearClasses(
  train.map(voiceOf),
  train.map(({ speaker }) => speaker),
);
const what = linearClasses(
  train.map(wordOf),
  train.map(({ text }) => text),
);
const whoAndWhat = ({ text, speaker }) => `${text}, ${speaker}`;
const templates = groupBy(
  train.map((each) => ({ word: whoAndWhat(each), frames: ears.frames(each.samples) })),
  ({ word }) => word,
);
/** How far the nearest training recording of the same is, a frame of both. */
const nearest = (each) =>
  nearestTemplate(templates.get(whoAndWhat(each)), ears.frames(each.samples)).distance;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** How many of a hundred the recogniser understands. */
function shareUnderstood(folder) {
  const { utterances, right } = understoodBy(said.recogniser, ["--data", folder]);
  return (100 * right) / utterances;
}

/** All figures of some recordings. */
function measured(recordings, folder) {
  const audible = recordings.filter((each) => cepstra.features(each.samples).length > 0);
  const share = (isRight) => (100 * audible.filter(isRight).length) / recordings.length;
  return {
    utterances: recordings.length,
    seconds: median(recordings.map((each) => each.samples.length / 8000)),
    ...(said.recogniser && { understood: shareUnderstood(folder) }),
    understoodByLinear: share((each) => what(wordOf(each)) === each.text),
    speaker: share((each) => who(voiceOf(each)) === each.speaker),
    nearest: median(audible.map(nearest)),
    byText: Object.fromEntries(
      texts.map((text) => {
        const own = audible.filter((each) => each.text === text);
        return [text, meanOf(own.map((each) => Number(what(wordOf(each)) === text)))];
      }),
    ),
  };
}

const row = {
  row: "speech-voice",
  bound: JSON.parse(vrnn("evaluate", run, "--json")).natsPerStep,
  real: measured(test, folders.real),
  vocoder: measured(resynthesised, folders.vocoder),
  samples: measured(samples, join(said.work, "samples")),
  ended: meanOf(samples.map(({ ended }) => Number(ended))),
};

console.log(JSON.stringify(row, null, said.json ? undefined : 2));
