/**
 * What hearing costs on one core, and whether its memory grows: an hour of a run's own recordings (or of the frames that they came as), over
 * and over, in pieces of one step.
 *
 *     node --expose-gc scripts/speech/real-time.mjs RUN [--minutes 60] [--every 5] [--split test] [--language-weight 0.5]
 *
 * The real-time factor is the time that all of it took (front end where there is sound, model, search) by that of the sound. Memory is told
 * every five minutes of sound: what the system has given (RSS), and what JavaScript holds.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { oneChannel } from "../../dist/data/audio/mix.js";
import { resample } from "../../dist/data/audio/resample.js";
import { decodeWav } from "../../dist/data/audio/wav.js";
import { AcousticModel } from "../../dist/inference/speech/acoustic-model.js";
import { decodingOptions, listening, opened, utterancesOf } from "./runs.mjs";

const { values: said, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...decodingOptions,
    split: { type: "string", default: "test" },
    minutes: { type: "string", default: "60" },
    every: { type: "string", default: "5" },
  },
});
const run = opened(positionals[0]);
const { known, config, secondsPerStep } = run;
const { spectral, width, frameRate } = known.hearing;

/** Pieces of a step each, and what hears one. */
async function material() {
  const pieces = [];
  const cut = (values, length) => {
    for (let at = 0; at < values.length; at += length) pieces.push(values.subarray(at, at + length));
  };
  if (spectral === undefined) {
    for (const { frames } of await utterancesOf(run, said.split)) cut(frames, known.hearing.stack * width);
    const hear = (live, values) => live.pushFrames({ width, length: values.length / width, values });
    return { pieces, hear, secondsOf: ({ length }) => length / width / frameRate };
  }
  const files = readdirSync(config.data.path, { recursive: true }).filter((file) => /\.wav$/i.test(file));
  for (const file of files.sort().slice(0, 200)) {
    const path = join(config.data.path, file);
    const sound = decodeWav(readFileSync(path), path);
    const samples = resample(oneChannel(sound, undefined, path), sound.rate, spectral.rate);
    cut(samples, Math.round(secondsPerStep * spectral.rate));
  }
  const hear = (live, samples) => live.push(samples);
  return { pieces, hear, secondsOf: ({ length }) => length / spectral.rate };
}

/** How much of the time the model takes. */
let inModel = 0;
const { hear: heard } = AcousticModel.prototype;
AcousticModel.prototype.hear = async function (steps) {
  const began = performance.now();
  const answer = await heard.call(this, steps);
  inModel += (performance.now() - began) / 1000;
  return answer;
};

const megabytes = (bytes) => Math.round(bytes / 1e5) / 10;
const memory = [];
const measure = (minutes) => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  memory.push({ minutes, rss: megabytes(rss), heap: megabytes(heapUsed), external: megabytes(external) });
};

const { pieces, hear, secondsOf } = await material();
const live = await listening(run, said);
const [end, every] = [60 * Number(said.minutes), 60 * Number(said.every)];
let [seconds, utterances, words, partials, slowest] = [0, 0, 0, 0, 0];
measure(0);
const [began, cpu] = [performance.now(), process.cpuUsage()];
for (let i = 0, next = every; seconds < end; i++) {
  const piece = pieces[i % pieces.length];
  const start = performance.now();
  for (const told of await hear(live, piece)) {
    if (told.type === "partial") partials++;
    else [utterances, words] = [utterances + 1, words + told.words.length];
  }
  slowest = Math.max(slowest, performance.now() - start);
  seconds += secondsOf(piece);
  if (seconds >= next) {
    measure(Math.round(next / 60));
    next += every;
  }
}
const wall = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpu);
await live.finish();
await live.close();
console.log(
  JSON.stringify({
    row: "speech-real-time",
    heard: spectral === undefined ? "frames" : "sound",
    ...{ seconds, utterances, words, partials },
    realTimeFactor: wall / seconds,
    processorTime: (user + system) / 1e6 / seconds,
    model: inModel / seconds,
    millisecondsPerStep: (1000 * wall * secondsPerStep) / seconds,
    slowestMilliseconds: slowest,
    memory,
  }),
);
