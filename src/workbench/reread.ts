import { type Augmentation, augmentation } from "../data/images/augment.ts";
import { paced } from "../data/motion/pace.ts";
import { transposition } from "../data/music/transposition.ts";
import type { Reread } from "../data/reread.ts";
import { knownOfSpeech } from "../data/speech/knowledge.ts";
import { type Perturbation, perturbation } from "../data/speech/perturbation.ts";
import { subwordDropout } from "../data/text/subword-dropout.ts";
import type { RunConfig } from "../run/run-config.ts";

/**
 * What a training makes of the parts that it learns from, where its options, or those of its model, ask for it.
 *
 * @throws VrnnError `train/subword-dropout`, `train/transpose` for data that cannot be read so
 */
export function rereadBy({
  fields,
  family,
  model,
  modality,
  training: { subwordDropout: share, transpose },
}: Pick<RunConfig, "fields" | "family" | "model" | "modality" | "training">): Reread | undefined {
  if (share > 0) return subwordDropout(fields, share);
  if (transpose > 0) return transposition(fields, transpose);
  if (family === "caption") return augmentation(fields, model as unknown as Augmentation);
  if (family === "trajectory") return paced(Number(model["pace"] ?? 0));
  if (family !== "recognise") return undefined;
  return perturbation(knownOfSpeech(modality).hearing, fields, model as unknown as Perturbation);
}
