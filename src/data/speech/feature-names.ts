import { usageError } from "../../options.ts";
import { isEncoder } from "../encoders.ts";

/**
 * What a step of speech is of:
 *
 * - `cepstra`: mel-frequency cepstra with their slopes, less a running mean: what is said, for recognition.
 * - `mel`: logarithms of mel bands, which sound can be made of again.
 * - `samples`: samples side by side, as real numbers where a step of 16 bits is 1.
 * - `pcm`: the same as whole numbers of 16 bits (pulse-code modulation): each has a probability, no density.
 */
export type FeatureName = "cepstra" | "mel" | "samples" | "pcm";

/** All of them. */
export const featureNames = ["cepstra", "mel", "samples", "pcm"] as const satisfies readonly FeatureName[];

/**
 * Of speech what a step is of.
 *
 * @throws VrnnError `usage/option` for an encoder, and for another name
 * @example
 * featureNameOf("mel"); // "mel"
 */
export function featureNameOf(features: string | undefined): FeatureName | undefined {
  if (features === undefined) return undefined;
  const found = featureNames.find((name) => name === features);
  if (found !== undefined) return found;
  const why = isEncoder(features)
    ? "an encoder is brought for captioned pictures so far, not for speech"
    : "no step of speech is of that";
  throw usageError(
    `option '--features ${features}': ${why}`,
    `write ${featureNames.join(", ")}, or leave it out`,
  );
}
