/** Where in a frame a model is surprised. */

import type { FramesField } from "../data/fields.ts";
import { wholeSpans } from "../data/plan.ts";
import { VrnnError } from "../errors.ts";
import { atPriorMean } from "../models/latent-draws.ts";
import { isLatent, type LatentBlock, type LatentModel } from "../models/model.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import type { StepResult } from "../models/step.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import type { FrameMeasureName } from "./frame-measure-names.ts";
import { frozen } from "./frozen.ts";
import { rowOf } from "./rows.ts";
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

/** What a measure reads of a frame. */
interface Told {
  /** What the program gave, `[width]` each. */
  readonly told: Readonly<Partial<Record<keyof StepResult, Float64Array>>>;
  /** `[H·W·C]`, from 0 to 1. */
  readonly pixels: Float64Array;
  readonly size: FrameSize;
  readonly latents: readonly LatentBlock[];
}

/** Height, width and colours. */
interface FrameSize {
  readonly height: number;
  readonly width: number;
  readonly colours: number;
}

interface FrameMeasure {
  /** The model that is asked. */
  readonly of: (model: LatentModel) => LatentModel;
  readonly parts: readonly (keyof StepResult)[];
  /** `[H·W]` */
  readonly map: (told: Told) => Float64Array;
}

/** Ways to tell how odd a place is. The nats of all places of `surprise` are minus the bound of the frame. */
const measures = {
  /** Nats: −log p of each pixel, and its share of the divergence at its place. */
  surprise: {
    of: (model) => model,
    parts: ["logLikelihood", "kl"],
    map: (frame) => {
      const pixels = perPixel(frame.told.logLikelihood!, frame.size);
      return divergenceMap(frame).map((nats, i) => nats - pixels[i]!);
    },
  },
  /** Nats: what the frame told that the past had not. */
  divergence: { of: (model) => model, parts: ["kl"], map: (frame) => divergenceMap(frame) },
  /** The squared error of the prediction one frame ahead, pixels from 0 to 1. */
  error: {
    of: atPriorMean,
    parts: ["emissionMean"],
    map: ({ told, pixels, size }) => {
      const errors = pixels.map((pixel, i) => (pixel - told.emissionMean![i]!) ** 2);
      return perPixel(errors, size);
    },
  },
} as const satisfies Record<FrameMeasureName, FrameMeasure>;

/**
 * How odd each pixel of each frame of some clips is, clips of similar lengths side by side.
 *
 * @throws VrnnError `frames/latents` for a divergence of a model without latent variables
 * @example
 * for await (const { i, t, map } of frameMaps({ ...settings, source, seed: 1, measure: "surprise" }))
 *   map.reduce((all, nats) => all + nats, 0); // minus the bound of frame t of clip i, such as 20415
 */
export async function* frameMaps(options: FrameMapOptions): AsyncGenerator<FrameMap> {
  const { runtime, weights, fields, source, seed, measure: name, batchSize = 4, window = 8 } = options;
  const measure: FrameMeasure = measures[name];
  const model = measure.of(latentModelOf(options));
  const field = fields["x"] as FramesField;
  const [height, width, colours = 1] = field.shape as [number, number, number?];
  const size = { height, width, colours };
  const pixels = height * width * colours;
  const [lowest, highest] = field.range;
  const executable = await compileFinite(runtime, unrollProgram(model, measure.parts, frozen(weights)));
  try {
    const spans = wholeSpans(await source.index()).filter(({ to }) => to > 0); // there is no loop of no steps
    const feeder = new ModelFeeder(model, fields);
    const noiseOf = (clip: Parameters<typeof scoreNoise>[1]) => scoreNoise(seed, clip);
    const unrolled = { executable, model, weights, feeder, source, spans, batchSize, window, noiseOf };
    for await (const { rows, parts, results } of overRows(unrolled))
      for (const [b, { i, from, to }] of rows.entries()) {
        const told = measure.parts.map((part) => [part, rowOf(results[part]!, b, to - from)] as const);
        const bytes = parts[b]!.values["x"] as Uint8Array;
        for (let t = 0; t < to - from; t++) {
          const own = told.map(([part, all]) => [part, stepOf(all, t, to - from)]);
          const shares = Float64Array.from(
            bytes.subarray(t * pixels, (t + 1) * pixels),
            (byte) => (byte - lowest) / (highest - lowest),
          );
          const frame = { told: Object.fromEntries(own), pixels: shares, size, latents: model.latents };
          yield { i, t: from + t, map: measure.map(frame) };
        }
      }
  } finally {
    await executable.dispose();
  }
}

function latentModelOf({ model, measure }: FrameMapOptions): LatentModel {
  if (isLatent(model) && (measure !== "divergence" || model.latents.length > 0)) return model;
  throw new VrnnError("frames/latents", "a model without latent variables has no divergence", {
    remedy: "leave --by out",
  });
}

const stepOf = (all: Float64Array, t: number, steps: number): Float64Array =>
  all.subarray((t * all.length) / steps, ((t + 1) * all.length) / steps);

/** Sums over colours, `[H·W·C]` to `[H·W]`. */
function perPixel(values: Float64Array, { height, width, colours }: FrameSize): Float64Array {
  const sums = new Float64Array(height * width);
  for (let i = 0; i < values.length; i++) sums[Math.floor(i / colours)]! += values[i]!;
  return sums;
}

/** The divergence at each place of the latent maps, spread evenly over the pixels there; over all of them where it has no place. */
function divergenceMap({ told, size: { height, width }, latents }: Told): Float64Array {
  const pixels = new Float64Array(height * width);
  let at = 0;
  for (const { shape, map: [channels, rows, columns] = [shape[0], 1, 1] } of latents) {
    const places = rows * columns;
    const share = places / (height * width);
    const nats = new Float64Array(places);
    for (let k = 0; k < channels * places; k++) nats[k % places]! += told.kl![at + k]!;
    at += shape[0];
    for (let i = 0; i < pixels.length; i++) {
      const row = Math.floor((Math.floor(i / width) * rows) / height);
      const column = Math.floor(((i % width) * columns) / width);
      pixels[i]! += nats[row * columns + column]! * share;
    }
  }
  return pixels;
}
