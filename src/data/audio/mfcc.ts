/** Cepstra: the cosine transform of the logarithms of bands. */

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
