/** Where a model looked in a picture, as pictures: what it looked at stays bright. */
import { framesPng } from "./strip.ts";

/** What is left of the light where nothing was looked at. */
const DARKEST = 0.15;

/**
 * A strip as a PNG: the picture, then for each word the picture by how much each of its places counted.
 *
 * @param pixels `[H, W, C]` bytes @param shape `[H, W, C]`
 * @param shares of each word over a square grid of places, `[T][S]`
 * @throws RangeError for places that are no square grid
 * @example
 * writeFileSync("boats.png", lookedPng(pixels, [128, 128, 3], await captioner.looked(pixels, best)));
 */
export function lookedPng(
  pixels: Uint8Array,
  shape: readonly number[],
  shares: readonly Float64Array[],
): Uint8Array {
  const [height = 1, width = 1, channels = 1] = shape;
  const picture = Float64Array.from(pixels, (value) => value / 255);
  const frames = shares.map((own) => {
    const side = Math.sqrt(own.length);
    if (!Number.isInteger(side)) throw new RangeError(`${own.length} places are no square grid`);
    const most = Math.max(...own);
    return picture.map((value, i) => {
      const [row, column] = [Math.floor(i / channels / width), Math.floor(i / channels) % width];
      const place = Math.floor((row * side) / height) * side + Math.floor((column * side) / width);
      return value * (DARKEST + (1 - DARKEST) * (own[place]! / most));
    });
  });
  return framesPng([[picture, ...frames]], shape);
}
