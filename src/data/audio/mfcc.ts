/** Cepstra: the cosine transform of the logarithms of bands. */
import { type Frames, framesOf } from "./frames.ts";

/**
 * The orthonormal discrete cosine transform of kind II, its first rows: sqrt(2 / N) cos(π k (n + 1/2) / N), the row k = 0
 * divided by sqrt(2), so that all N rows make a rotation.
 *
 * @returns `[count, bands]`
 * @example
 * cosineTransform(1, 4)[0]; // Float64Array [0.5, 0.5, 0.5, 0.5]
 */
export const cosineTransform = (count: number, bands: number): Float64Array[] =>
  Array.from({ length: count }, (_, k) =>
    Float64Array.from(
      { length: bands },
      (_, n) => Math.sqrt((k === 0 ? 1 : 2) / bands) * Math.cos((Math.PI * k * (n + 0.5)) / bands),
    ),
  );

/** As HTK and Kaldi have it. */
export const USUAL_LIFTER = 22;

/**
 * Liftering makes higher cepstra as large as lower ones: weight k is 1 + L/2 sin(π k / L) (HTK book, §5.6; Kaldi). Of 0
 * there is none.
 *
 * @returns `[count]`
 */
export const lifterWeights = (count: number, lifter: number): Float64Array =>
  Float64Array.from({ length: count }, (_, k) =>
    lifter === 0 ? 1 : 1 + (lifter / 2) * Math.sin((Math.PI * k) / lifter),
  );

/**
 * Logarithms of bands out of cepstra, by the transposed transform: smooth over the bands, as cepstra beyond those that are there count as 0.
 *
 * @param bands how many there were, at least as many as cepstra @param lifter as the cepstra were made with
 * @returns `[T, bands]`
 * @example
 * bandsOfCepstra(frames, { bands: 40, lifter: 22 }).width; // 40, of 13 cepstra
 */
export function bandsOfCepstra(
  { width, length, values }: Frames,
  { bands, lifter }: { readonly bands: number; readonly lifter: number },
): Frames {
  const [rows, weights] = [cosineTransform(width, bands), lifterWeights(width, lifter)];
  const out = new Float32Array(length * bands);
  for (let t = 0; t < length; t++)
    for (let n = 0; n < bands; n++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += (rows[k]![n]! * values[t * width + k]!) / weights[k]!;
      out[t * bands + n] = sum;
    }
  return framesOf(out, bands);
}
