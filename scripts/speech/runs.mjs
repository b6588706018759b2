/** A run of speech, its data as it reads them, and what hears it live. */

import { readSpeech } from "../../dist/data/files-speech.js";
import { wholeSpans } from "../../dist/data/plan.js";
import { knownOfSpeech } from "../../dist/data/speech/knowledge.js";
import { AcousticModel } from "../../dist/inference/speech/acoustic-model.js";
import { usualDecoding } from "../../dist/inference/speech/decoder.js";
import { LiveTranscriber } from "../../dist/inference/speech/live-transcriber.js";
import { openRun } from "../../dist/run/run.js";
import { nodeRuntime } from "../../dist/runtime/node.js";

/** How words are searched, as options of a script and with the defaults of `vrnn transcribe`. */
export const decodingOptions = {
  beam: { type: "string", default: String(usualDecoding.width) },
  "language-weight": { type: "string", default: String(usualDecoding.weight) },
  "word-bonus": { type: "string", default: String(usualDecoding.bonus) },
  order: { type: "string", default: String(usualDecoding.order) },
  letters: { type: "boolean", default: usualDecoding.letters },
  within: { type: "string" },
  sure: { type: "string", default: "0.99" },
  silence: { type: "string", default: "0.5" },
};

/** A run on one core. */
export function opened(folder) {
  const { config, model, weights } = openRun(folder);
  const known = knownOfSpeech(config.modality, folder);
  const settings = { runtime: nodeRuntime({ threads: 1 }), model, weights, fields: config.fields };
  return { config, known, settings, secondsPerStep: known.hearing.stack / known.hearing.frameRate };
}

export const listening = ({ settings, known }, said) =>
  LiveTranscriber.open({
    ...settings,
    known,
    decoding: {
      letters: said.letters,
      weight: Number(said["language-weight"]),
      bonus: Number(said["word-bonus"]),
      width: Number(said.beam),
      order: Number(said.order),
      ...(said.within !== undefined && { within: Number(said.within) }),
    },
    sure: Number(said.sure),
    silence: Number(said.silence),
  });

export const hearing = ({ settings }) => AcousticModel.open(settings);

/** Each utterance of a split: steps, frames and words. */
export async function utterancesOf({ config }, split) {
  const { path, schema } = config.data;
  const data = await readSpeech(path, schema, { modality: config.modality, fields: config.fields });
  const source = data.splits[split];
  const index = await source.index();
  const letters = config.fields.letters.vocabulary.tokens;
  const all = [];
  for await (const { values } of source.open(wholeSpans(index))) {
    const text = Array.from(values.letters, (id) => letters[id - 4] ?? "").join("");
    all.push({
      name: index[all.length].name,
      steps: values.x,
      frames: values.frames,
      words: text.split(" ").filter((word) => word !== ""),
    });
  }
  return all;
}
