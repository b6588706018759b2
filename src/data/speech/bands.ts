/** Frames whose frequencies are learned from a little otherwise each time: warped, and some bands of them left out. */
import type { Random } from "../../random/generator.ts";
import type { Frames } from "../audio/frames.ts";
import { cosineTransform, lifterWeights } from "../audio/mfcc.ts";

/** What is done to the frequencies of an utterance. */
export interface BandPerturbation {
  /** The share by which frequencies are warped at most. */
  readonly warp: number;
  /** The most neighbouring bands that are left out. */
  readonly maskBands: number;
}

/** What frames are of. */
export interface FrequencyFacts {
  /** Of the training frames, `[width]`. */
  readonly mean: readonly number[];
  /** Of cepstra: how they are liftered, 0 for not; absent: the frames are bands. */
  readonly lifter?: number | undefined;
}

/**
 * Warps the frequencies of frames, as if the vocal tract that said them were longer or shorter (Jaitly and Hinton, "Vocal Tract Length
 * Perturbation Improves Speech Recognition", 2013), and puts neighbouring bands at their mean (frequency masks of SpecAugment; Park et
 * al. 2019, section 2). All frames of the utterance are treated alike.
 *
 * Cepstra are turned into as many bands and back: by their cosine transform, which is a rotation, before liftering.
 *
 * @param frames `[S, width]`, written
 * @example
 * perturbBands(frames, { mean, lifter: 22 }, { warp: 0.08, maskBands: 3 }, random);
 */
export function perturbBands(
  { width, values }: Frames,
  { mean, lifter }: FrequencyFacts,
  { warp, maskBands }: BandPerturbation,
  random: Random,
): void {
  const bands = random.integer(Math.min(maskBands, width) + 1);
  const masked = { from: random.integer(width - bands + 1), bands };
  const matrix = bandMatrix(width, 1 + warp * (2 * random.uniform() - 1), masked); // [width, width]
  const change = lifter === undefined ? matrix : inCepstra(matrix, lifterWeights(width, lifter));
  const centred = new Float64Array(width);
  for (let at = 0; at < values.length; at += width) {
    for (let d = 0; d < width; d++) centred[d] = values[at + d]! - mean[d]!;
    for (let d = 0; d < width; d++) values[at + d] = mean[d]! + dot(change[d]!, centred);
  }
}

/** Row b tells of which bands band b is made. */
function bandMatrix(
  width: number,
  factor: number,
  masked: { readonly from: number; readonly bands: number },
): Float64Array[] {
  return Array.from({ length: width }, (_, band) => {
    const row = new Float64Array(width);
    if (band >= masked.from && band < masked.from + masked.bands) return row;
    const place = Math.min(width - 1, band * factor);
    const below = Math.floor(place);
    row[below]! += 1 - (place - below);
    row[Math.min(width - 1, below + 1)]! += place - below;
    return row;
  });
}

/** What does to liftered cepstra what a matrix does to bands: L C M Cᵀ L⁻¹ with the cosine transform C. */
function inCepstra(matrix: readonly Float64Array[], lifter: Float64Array): Float64Array[] {
  const { length } = matrix;
  const rows = cosineTransform(length, length);
  // By row of C: M applied to it, as band spectra.
  const turned = rows.map((row) => Float64Array.from(matrix, (weights) => dot(weights, row)));
  return rows.map((row, k) =>
    Float64Array.from(turned, (each, j) => (dot(row, each) * lifter[k]!) / lifter[j]!),
  );
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
