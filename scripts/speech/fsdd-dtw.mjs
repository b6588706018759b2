/**
 * `fsdd-dtw`: the free spoken digits (10 digits, 6 speakers, 50 takes each) by the nearest template under dynamic time warping, the baseline of
 * isolated words. Takes 0 to 4 test, as the data set says; templates are takes from 5 on, of all speakers, or of all speakers but the one
 * that is heard.
 *
 *     node scripts/speech/fsdd-dtw.mjs --data <folder of digit_speaker_take.wav> [--band 20] [--templates 45] [--takes 5] [--json]
 *
 * `--templates` takes as many templates of each digit and speaker at most, from take 5 on; `--takes` hears as many takes of each, from take 0 on.
 * Frames are 13 cepstra, the recording's mean taken away, and their slopes.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { nearestTemplate } from "../../dist/baselines/nearest-template.js";
import { deltas } from "../../dist/data/audio/deltas.js";
import { framesOf } from "../../dist/data/audio/frames.js";
import { frontEnd } from "../../dist/data/audio/front-end.js";
import { throughStage } from "../../dist/data/audio/stages.js";
import { decodeWav } from "../../dist/data/audio/wav.js";

const { values: said } = parseArgs({
  options: {
    data: { type: "string" },
    band: { type: "string" },
    templates: { type: "string", default: "45" },
    takes: { type: "string", default: "5" },
    json: { type: "boolean" },
  },
});
if (said.data === undefined) throw new Error("--data: the folder of the recordings, digit_speaker_take.wav");

const FIRST_TEMPLATE = 5;
const band = said.band === undefined ? undefined : Number(said.band);
const [mostTemplates, mostTakes] = [Number(said.templates), Number(said.takes)];

/** Cepstra without the recording's own mean, and their slopes. */
function framesFrom(path) {
  const { rate, channels } = decodeWav(readFileSync(path), path);
  const { width, length, values } = frontEnd({ rate, cepstra: 13 }).features(channels[0]);
  const mean = new Float64Array(width);
  values.forEach((value, i) => {
    mean[i % width] += value / length;
  });
  const centred = values.map((value, i) => value - mean[i % width]);
  return throughStage(deltas({ order: 1 }), framesOf(centred, width));
}

const recordings = readdirSync(said.data)
  .sort()
  .flatMap((file) => {
    const [, word, speaker, take] = /^(\d)_([^_]+)_(\d+)\.wav$/.exec(file) ?? [];
    if (word === undefined) return [];
    return [{ file, word, speaker, take: Number(take), frames: framesFrom(join(said.data, file)) }];
  });
const templates = recordings.filter(
  ({ take }) => take >= FIRST_TEMPLATE && take < FIRST_TEMPLATE + mostTemplates,
);
const heard = recordings.filter(({ take }) => take < mostTakes);

/** How many of what is heard is told rightly, given whose templates count. */
function accuracy(tested, counts) {
  const began = performance.now();
  const bySpeaker = {};
  const wrong = {};
  for (const { word, speaker, frames } of tested) {
    const near = nearestTemplate(
      templates.filter((template) => counts(template.speaker, speaker)),
      frames,
      { band },
    );
    bySpeaker[speaker] ??= { right: 0, of: 0 };
    bySpeaker[speaker].of += 1;
    if (near?.word === word) bySpeaker[speaker].right += 1;
    else wrong[`${word} as ${near?.word}`] = (wrong[`${word} as ${near?.word}`] ?? 0) + 1;
  }
  const all = Object.values(bySpeaker);
  const right = all.reduce((sum, own) => sum + own.right, 0);
  const confusions = Object.entries(wrong).sort(([, a], [, b]) => b - a);
  return {
    accuracy: (100 * right) / tested.length,
    of: tested.length,
    bySpeaker: Object.fromEntries(
      Object.entries(bySpeaker).map(([speaker, own]) => [speaker, (100 * own.right) / own.of]),
    ),
    confusions: Object.fromEntries(confusions.slice(0, 5)),
    seconds: (performance.now() - began) / 1000,
  };
}

const row = {
  row: "fsdd-dtw",
  band: band ?? null,
  templates: templates.length,
  takes: accuracy(
    heard.filter(({ take }) => take < FIRST_TEMPLATE),
    () => true,
  ),
  leftOutSpeaker: accuracy(heard, (own, other) => own !== other),
};
console.log(JSON.stringify(row, null, said.json ? undefined : 2));
