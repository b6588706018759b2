/** Where in the frames of clips a model is surprised. */
import type { FrameMeasureName } from "./frame-measure-names.ts";
import { frameMeasureOf } from "./frame-measures.ts";
import { type FrameBatches, overFrames } from "./over-frames.ts";
import { scoreNoise } from "./score.ts";
import type { ReadSource } from "./unrolled-rows.ts";

/** The clips whose frames are looked at, by what, and how. */
export interface FrameMapOptions extends ReadSource, FrameBatches {
  readonly measure: FrameMeasureName;
}

/** How odd each pixel of a frame is. */
export interface FrameMap {
  /** Which clip of the source. */
  readonly i: number;
  /** Which frame of it, from 0. */
  readonly t: number;
  /** `[H·W]` */
  readonly map: Float64Array;
}

/**
 * How odd each pixel of each frame of some clips is, clips of similar lengths side by side.
 *
 * @throws VrnnError `frames/latents` for a divergence of a model without latent variables
 * @example
 * for await (const { i, t, map } of frameMaps({ ...settings, source, seed: 1, measure: "surprise" }))
 *   map.reduce((all, nats) => all + nats, 0); // minus the bound of frame t of clip i, such as 20415
 */
export async function* frameMaps(options: FrameMapOptions): AsyncGenerator<FrameMap> {
  const { fields, seed } = options;
  const { model, parts, map } = frameMeasureOf(options.model, fields, options.measure);
  const frames = overFrames({ ...options, model, parts, noiseOf: (clip) => scoreNoise(seed, clip) });
  for await (const { i, t, told, bytes } of frames) yield { i, t, map: map(told, bytes) };
}
