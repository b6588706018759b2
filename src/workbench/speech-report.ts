/** What a report shows of a run of speech. */
import { type FieldDataset, fieldDatasetOf } from "../data/field-dataset.ts";
import { recordingsIn } from "../data/files-speech.ts";
import type { SequenceSource } from "../data/source.ts";
import { knownOfSpeech } from "../data/speech/knowledge.ts";
import { AcousticModel } from "../inference/speech/acoustic-model.ts";
import { decodingOf, usualDecoding } from "../inference/speech/decoder.ts";
import { type HeardUtterance, heardUtterances } from "../inference/speech/utterances.ts";
import type { SpeechContent } from "../report/content.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { RunReport } from "./shown.ts";
import { MOST_HEARD, speechContent } from "./speech-content.ts";

/** What it hears of the validation split (the training split, where there is none). */
export const speechReport: RunReport = async (run, given, runtime) => {
  const data = fieldDatasetOf(given);
  if (run.model.transcriber === undefined) return { data, latents: [] };
  const split = await splitHeard(data);
  return { data, latents: [], speech: await heardContent(run, data.splits[split], split, runtime) };
};

const splitHeard = async ({ splits }: FieldDataset): Promise<"valid" | "train"> =>
  (await splits.valid.index()).length > 0 ? "valid" : "train";

async function heardContent(
  { config, model, weights }: Run,
  source: SequenceSource,
  split: string,
  runtime: Runtime,
): Promise<SpeechContent> {
  const { fields } = config;
  const decoding = decodingOf(fields, knownOfSpeech(config.modality), usualDecoding);
  const acoustic = await AcousticModel.open({ runtime, model, weights, fields });
  const heard: HeardUtterance[] = [];
  try {
    const options = { acoustic, decoding, fields, alternatives: 1, most: MOST_HEARD };
    for await (const each of heardUtterances(source, options)) heard.push(each);
  } finally {
    await acoustic.close();
  }
  const of = (await source.index()).length;
  return speechContent(heard, {
    config,
    source: `the ${split} split`,
    of,
    decoding,
    recordings: recordingsIn(config.data.path),
  });
}
