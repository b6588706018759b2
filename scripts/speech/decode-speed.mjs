/**
 * `speed-speech-beam`: what a frame costs the prefix beam, width 32, with the dictionary of AN4 and a bigram of its transcripts, on
 * frames that are peaked as those of a trained model are, on softer ones, and on noise.
 *
 *     node scripts/speech/decode-speed.mjs [--data <folder of AN4 with etc/>] [--width 32] [--json]    # without data: words made up
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { Lexicon, PrefixBeam, Random, readDictionary, WittenBell } from "../../dist/index.js";

const { values: said } = parseArgs({
  options: { json: { type: "boolean" }, data: { type: "string" }, width: { type: "string", default: "32" } },
});
const [frames, rate, rounds, width] = [1500, 33.3, 5, Number(said.width)];

/** Words and sentences of AN4, or as many that are made up. */
function speech() {
  if (said.data !== undefined) {
    const text = (name) => readFileSync(join(said.data, "etc", name), "utf8");
    const wordsOf = (line) =>
      line
        .replace(/\([^()]*\)\s*$/, "")
        .split(/\s+/)
        .filter((word) => word !== "" && !word.startsWith("<"));
    const sentences = text("an4_train.transcription").split("\n").map(wordsOf);
    return { dictionary: readDictionary(text("an4.dic")), sentences };
  }
  const random = Random.stream(1, "words");
  const dictionary = Array.from({ length: 130 }, (_, i) => ({
    word: `W${i}`,
    units: Array.from({ length: 1 + random.integer(6) }, () => `U${random.integer(33)}`),
  }));
  const pick = () => dictionary[Math.floor(dictionary.length * random.uniform() ** 2)].word;
  const sentences = Array.from({ length: 948 }, () => Array.from({ length: 1 + random.integer(10) }, pick));
  return { dictionary, sentences };
}

const { dictionary, sentences } = speech();
const units = ["", ...new Set(dictionary.flatMap((entry) => entry.units))];
const lexicon = new Lexicon(dictionary, units);
const model = WittenBell.fit(sentences, { order: 2, words: lexicon.words });

/** Frames that say sentences, a unit for two frames and a blank for one, with log-odds of a unit by how sure they are. */
function heard(sureness) {
  const random = Random.stream(1, "frames", sureness);
  const labels = [];
  while (labels.length < frames) {
    const words = sentences[random.integer(sentences.length)];
    for (const word of words) {
      const said = dictionary.find((entry) => entry.word === word)?.units ?? [];
      for (const unit of said) labels.push(units.indexOf(unit), units.indexOf(unit), 0);
    }
    for (let i = 0; i < 12; i++) labels.push(0);
  }
  return labels.slice(0, frames).map((own) => {
    const logits = units.map((_, label) => 1.5 * random.normal() + (label === own ? sureness : 0));
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    return Float32Array.from(logits, (logit) => logit - total);
  });
}

/** Milliseconds a frame: the median of some rounds, after one that is not counted. */
function cost(all, settings) {
  const times = Array.from({ length: rounds + 1 }, () => {
    const beam = new PrefixBeam({ lexicon, model, width, ...settings });
    const began = performance.now();
    for (const frame of all) beam.push(frame);
    return (performance.now() - began) / all.length;
  });
  return times.slice(1).toSorted((a, b) => a - b)[Math.floor(rounds / 2)];
}

const loads = { sure: heard(9), soft: heard(5), noise: heard(0) };
const row = { row: "speed-speech-beam", width, words: lexicon.words.length, nodes: lexicon.size };
for (const [name, all] of Object.entries(loads)) {
  const [usual, whole] = [cost(all, {}), cost(all, { margin: Number.POSITIVE_INFINITY })];
  row[name] = { milliseconds: usual, withoutMargin: whole, timesRealTime: 1000 / (usual * rate) };
}
console.log(JSON.stringify(row, null, said.json ? undefined : 2));
