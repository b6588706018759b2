/** Where a model looked in a picture, as pictures: what it looked at stays bright. */
import { framesPng } from "./strip.ts";

/** What is left of the light where nothing was looked at. */
const DARKEST = 0.15;

/**
 * A strip as a PNG: the picture, then for each word the picture by how much each of its places counted.
 *
 * @param pixels `[H, W, C]` bytes @param shape `[H, W, C]`
 * @param shares of each word over the places of the picture, row by row, `[T][S]`
 * @param grid rows and columns of the places; those of the picture halved so many times unless told
 * @example
 * writeFileSync("boats.png", lookedPng(pixels, [128, 128, 3], await captioner.looked(pixels, best)));
 */
export function lookedPng(
  pixels: Uint8Array,
  shape: readonly number[],
  shares: readonly Float64Array[],
  grid?: readonly [rows: number, columns: number],
): Uint8Array {
  const [height = 1, width = 1, channels = 1] = shape;
  const picture = Float64Array.from(pixels, (value) => value / 255);
  const frames = shares.map((own) => {
    const [rows, columns] = grid ?? gridOf(height, width, own.length);
    const most = Math.max(...own);
    return picture.map((value, i) => {
      const [row, column] = [Math.floor(i / channels / width), Math.floor(i / channels) % width];
      const place = Math.floor((row * rows) / height) * columns + Math.floor((column * columns) / width);
      return value * (DARKEST + (1 - DARKEST) * (own[place]! / most));
    });
  });
  return framesPng([[picture, ...frames]], shape);
}

/** Rows and columns of so many places, as halving both sides again and again makes of them, odd ones rounded up. */
function gridOf(rows: number, columns: number, places: number): readonly [rows: number, columns: number] {
  return rows * columns <= places ? [rows, columns] : gridOf((rows + 1) >> 1, (columns + 1) >> 1, places);
}
