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
