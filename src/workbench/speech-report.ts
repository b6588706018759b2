/** What a report shows of a run of speech. */
import { type FieldDataset, fieldDatasetOf } from "../data/field-dataset.ts";
import { recordingsIn } from "../data/files-speech.ts";
import { usualDecoding } from "../inference/speech/decoder.ts";
import type { RunReport } from "./shown.ts";
import { speechContent } from "./speech-content.ts";

/** What it hears of the validation split (the training split, where there is none). */
export const speechReport: RunReport = async (run, given, runtime) => {
  const data = fieldDatasetOf(given);
  if (run.model.transcriber === undefined) return { data, latents: [] };
  const split = await splitHeard(data);
  const speech = await speechContent({
    ...{ config: run.config, model: run.model, weights: run.weights, runtime },
    ...{ source: data.splits[split], split, decoding: usualDecoding },
    recordings: recordingsIn(run.config.data.path),
  });
  return { data, latents: [], speech };
};

const splitHeard = async ({ splits }: FieldDataset): Promise<"valid" | "train"> =>
  (await splits.valid.index()).length > 0 ? "valid" : "train";
