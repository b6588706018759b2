/** Pictures of another size: a separable triangle filter, as wide as the pixels that it makes one of. */
import type { Picture, Size } from "./picture.ts";

/** Which of the places of a row one place of another is made of, and in what shares, which sum to 1. */
interface Blend {
  readonly start: number;
  readonly shares: readonly number[];
}

/**
 * The blends of `to` places of a row of `from`: place i looks at `c = (i + ½) from / to`, and what lies at `j + ½` counts with
 * `max(0, 1 − |j + ½ − c| / max(1, from / to))`. So smaller pictures are means, larger ones are interpolated.
 */
function blendsOf(from: number, to: number): Blend[] {
  const reach = Math.max(1, from / to);
  return Array.from({ length: to }, (_, i) => {
    const centre = ((i + 0.5) * from) / to;
    const start = Math.max(0, Math.floor(centre - reach));
    const end = Math.min(from, Math.ceil(centre + reach));
    const weights = Array.from({ length: end - start }, (__, k) =>
      Math.max(0, 1 - Math.abs(start + k + 0.5 - centre) / reach),
    );
    const sum = weights.reduce((all, weight) => all + weight, 0);
    return { start, shares: weights.map((weight) => weight / sum) };
  });
}

/**
 * A picture of so many pixels.
 *
 * @example
 * resampled({ width: 2, height: 1, channels: 1, pixels: Uint8Array.of(0, 100) }, { width: 1, height: 1 }).pixels; // [50]
 */
export function resampled(picture: Picture, { width, height }: Size): Picture {
  if (picture.width === width && picture.height === height) return picture;
  const { channels, pixels } = picture;
  const narrow = new Float32Array(picture.height * width * channels); // [from height, width, channels]
  for (const [x, { start, shares }] of blendsOf(picture.width, width).entries()) {
    for (let y = 0; y < picture.height; y++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < shares.length; k++)
          sum += shares[k]! * pixels[(y * picture.width + start + k) * channels + c]!;
        narrow[(y * width + x) * channels + c] = sum;
      }
    }
  }
  const row = width * channels;
  const small = new Uint8Array(height * row);
  for (const [y, { start, shares }] of blendsOf(picture.height, height).entries()) {
    for (let i = 0; i < row; i++) {
      let sum = 0;
      for (let k = 0; k < shares.length; k++) sum += shares[k]! * narrow[(start + k) * row + i]!;
      small[y * row + i] = Math.round(sum);
    }
  }
  return { width, height, channels, pixels: small };
}
