/** What a model's step says of the places of a frame, read as maps of how odd each is. */
import type { Fields, FramesField } from "../data/fields.ts";
import { VrnnError } from "../errors.ts";
import { atPriorMean } from "../models/latent-draws.ts";
import { isLatent, type LatentBlock, type LatentModel, type Model } from "../models/model.ts";
import type { StepResult } from "../models/step.ts";
import type { FrameMeasureName } from "./frame-measure-names.ts";

/** What a program gave of a frame, `[width]` each. */
export type ToldOfFrame = Readonly<Partial<Record<keyof StepResult, Float64Array>>>;

/** A measure of the frames of a model. */
export interface FrameMeasure {
  /** The model that is asked. */
  readonly model: LatentModel;
  /** What it is asked of each frame. */
  readonly parts: readonly (keyof StepResult)[];
  /** How odd each pixel is, `[H·W]`. @param bytes `[H·W·C]`: the frame as its field stores it */
  readonly map: (told: ToldOfFrame, bytes: Uint8Array) => Float64Array;
}

/** What a measure reads of a frame. */
interface Told {
  readonly told: ToldOfFrame;
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

interface MeasureRow {
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
} as const satisfies Record<FrameMeasureName, MeasureRow>;

/**
 * A way to tell how odd each pixel of a frame is, by the name of it.
 *
 * @throws VrnnError `frames/latents` for a divergence of a model without latent variables
 */
export function frameMeasureOf(model: Model, fields: Fields, name: FrameMeasureName): FrameMeasure {
  const row: MeasureRow = measures[name];
  const asked = row.of(latentModelOf(model, name));
  const { shape, range } = fields["x"] as FramesField;
  const [height, width, colours = 1] = shape as [number, number, number?];
  const [lowest, highest] = range;
  return {
    model: asked,
    parts: row.parts,
    map: (told, bytes) => {
      const pixels = Float64Array.from(bytes, (byte) => (byte - lowest) / (highest - lowest));
      return row.map({ told, pixels, size: { height, width, colours }, latents: asked.latents });
    },
  };
}

function latentModelOf(model: Model, name: FrameMeasureName): LatentModel {
  if (isLatent(model) && (name !== "divergence" || model.latents.length > 0)) return model;
  throw new VrnnError("frames/latents", "a model without latent variables has no divergence", {
    remedy: "leave --by out",
  });
}

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
