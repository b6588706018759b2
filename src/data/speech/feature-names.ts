import { usageError } from "../../options.ts";
import { isEncoder } from "../encoder-path.ts";

/**
 * What a step of speech is of:
 *
 * - `cepstra`: mel-frequency cepstra with their slopes, less a running mean: what is said, for recognition.
 * - `mel`: logarithms of mel bands, which sound can be made of again.
 * - `samples`: samples side by side, as real numbers where a step of 16 bits is 1.
 * - `pcm`: the same as whole numbers of 16 bits (pulse-code modulation): each has a probability, no density.
 * - `encoded`: what an encoder tells that somebody brings, for recognition. The path of its file asks for it.
 */
export type FeatureName = "cepstra" | "mel" | "samples" | "pcm" | "encoded";

/** Those that are asked for by their names. */
export const featureNames = ["cepstra", "mel", "samples", "pcm"] as const satisfies readonly FeatureName[];

/** All of them. */
export const heardFeatures = [...featureNames, "encoded"] as const satisfies readonly FeatureName[];

/**
 * Of speech what a step is of.
 *
 * @throws VrnnError `usage/option` for another name
 * @example
 * featureNameOf("mel"); // "mel"
 * featureNameOf("wav2vec2.onnx"); // "encoded"
 */
export function featureNameOf(features: string | undefined): FeatureName | undefined {
  if (features === undefined) return undefined;
  if (isEncoder(features)) return "encoded";
  const found = featureNames.find((name) => name === features);
  if (found !== undefined) return found;
  throw usageError(
    `option '--features ${features}': no step of speech is of that`,
    `write ${featureNames.join(", ")} or the path of an encoder, such as encoder.onnx, or leave it out`,
  );
}
