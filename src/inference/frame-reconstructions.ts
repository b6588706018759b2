/** What a model makes of frames that it has seen. */
import type { FramesField } from "../data/fields.ts";
import { type FrameBatches, overFrames } from "./over-frames.ts";
import type { ReadSource } from "./unrolled-rows.ts";

/** The clips that are looked at, and how. */
export interface ReconstructionOptions extends Omit<ReadSource, "seed">, FrameBatches {}

/** A frame beside what was made of it. */
export interface FrameReconstruction {
  /** Which clip of the source. */
  readonly i: number;
  /** Which frame of it, from 0. */
  readonly t: number;
  /** `[H·W·C]`, from 0 to 1. */
  readonly seen: Float64Array;
  /** `[H·W·C]`, from 0 to 1: E[x | z, past], z at the mean of its posterior, which has read the frame. */
  readonly expected: Float64Array;
}

/** The mean of a latent variable is what a draw of no noise gives (`LatentDistribution.sample`). */
const atMean = { fillNormal: (noise: Float32Array): void => void noise.fill(0) };

/**
 * What the posterior makes of each frame of some clips, clips of similar lengths side by side.
 *
 * @example
 * for await (const { seen, expected } of frameReconstructions({ ...settings, source }))
 *   meanSquare(seen, expected); // 0.0009
 */
export async function* frameReconstructions(
  options: ReconstructionOptions,
): AsyncGenerator<FrameReconstruction> {
  const { range } = options.fields["x"] as FramesField;
  const [lowest, highest] = range;
  const frames = overFrames({ ...options, parts: ["emissionMean"], noiseOf: () => atMean });
  for await (const { i, t, told, bytes } of frames) {
    const seen = Float64Array.from(bytes, (byte) => (byte - lowest) / (highest - lowest));
    yield { i, t, seen, expected: told.emissionMean! };
  }
}
