/** Where in the frames of clips a model is surprised. */
import { wholeSpans } from "../data/plan.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import type { FrameMeasureName } from "./frame-measure-names.ts";
import { frameMeasureOf } from "./frame-measures.ts";
import { frozen } from "./frozen.ts";
import { perStep, rowOf } from "./rows.ts";
import { scoreNoise } from "./score.ts";
import { overRows, type ReadSource } from "./unrolled-rows.ts";

/** The clips whose frames are looked at, by what, and how. */
export interface FrameMapOptions extends ReadSource {
  readonly measure: FrameMeasureName;
  /** The most clips computed side by side; 4 unless told. */
  readonly batchSize?: number;
  /** The most frames of each computed at once; 8 unless told. */
  readonly window?: number;
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
  const { runtime, weights, fields, source, seed, batchSize = 4, window = 8 } = options;
  const { model, parts: asked, pixels, map } = frameMeasureOf(options.model, fields, options.measure);
  const executable = await compileFinite(runtime, unrollProgram(model, asked, frozen(weights)));
  try {
    const spans = wholeSpans(await source.index()).filter(({ to }) => to > 0); // there is no loop of no steps
    const feeder = new ModelFeeder(model, fields);
    const noiseOf = (clip: Parameters<typeof scoreNoise>[1]) => scoreNoise(seed, clip);
    const unrolled = { executable, model, weights, feeder, source, spans, batchSize, window, noiseOf };
    for await (const { rows, parts, results } of overRows(unrolled))
      for (const [b, { i, from, to }] of rows.entries()) {
        const told = asked.map(
          (part) => [part, perStep(rowOf(results[part]!, b, to - from), to - from)] as const,
        );
        const bytes = parts[b]!.values["x"] as Uint8Array;
        for (let t = 0; t < to - from; t++) {
          const own = Object.fromEntries(told.map(([part, all]) => [part, all[t]!]));
          yield { i, t: from + t, map: map(own, bytes.subarray(t * pixels, (t + 1) * pixels)) };
        }
      }
  } finally {
    await executable.dispose();
  }
}
