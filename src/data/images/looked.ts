/** Where a model looked in a picture, as pictures: what it looked at stays bright. */
import { encode } from "fast-png";
import type { Size } from "./picture.ts";
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
  grid?: Grid,
): Uint8Array {
  const [height = 1, width = 1, channels = 1] = shape;
  const picture = Float64Array.from(pixels, (value) => value / 255);
  const frames = shares.map((own) => {
    const { light, rows, columns } = lightOf(own, { width, height }, grid);
    return picture.map((value, i) => {
      const [row, column] = [Math.floor(i / channels / width), Math.floor(i / channels) % width];
      return (
        value * light[Math.floor((row * rows) / height) * columns + Math.floor((column * columns) / width)]!
      );
    });
  });
  return framesPng([[picture, ...frames]], shape);
}

/** Places side by side over a picture. */
export type Grid = readonly [rows: number, columns: number];

/** What is left of the light of a picture at each place of a grid over it, row by row. */
export interface Light {
  readonly rows: number;
  readonly columns: number;
  /** `[rows · columns]`, 1 where most was looked at. */
  readonly light: Float64Array;
}

/**
 * How bright the places of a picture are shown for one word.
 *
 * @param shares over the places of the picture, row by row, `[S]`
 * @param grid rows and columns of the places; those of the picture halved so many times unless told
 * @example
 * lightOf(Float64Array.of(0.1, 0.4, 0.4, 0.1), { width: 32, height: 32 }); // { rows: 2, columns: 2, light: [0.36, 1, 1, 0.36] }
 */
export function lightOf(
  shares: Float64Array,
  { width, height }: Size,
  grid = gridOf(height, width, shares.length),
): Light {
  const [rows, columns] = grid;
  const most = Math.max(...shares);
  return { rows, columns, light: shares.map((share) => DARKEST + (1 - DARKEST) * (share / most)) };
}

/**
 * The same as a picture to be laid over the other, a pixel for each place, as a PNG: black, and the more opaque the less light is left.
 *
 * @example
 * lookedMask(shares, { width: 128, height: 128 }).length; // a few hundred bytes
 */
export function lookedMask(shares: Float64Array, size: Size, grid?: Grid): Uint8Array {
  const { rows, columns, light } = lightOf(shares, size, grid);
  const data = new Uint8Array(2 * light.length); // grey and how opaque
  for (const [i, left] of light.entries()) data[2 * i + 1] = Math.round(255 * (1 - left));
  return encode({ width: columns, height: rows, data, channels: 2 });
}

/** Rows and columns of so many places, as halving both sides again and again makes of them, odd ones rounded up. */
function gridOf(rows: number, columns: number, places: number): Grid {
  return rows * columns <= places ? [rows, columns] : gridOf((rows + 1) >> 1, (columns + 1) >> 1, places);
}
