/** Several clips as one film, side by side, and a film as an animated GIF. */
import { exportsOf } from "./common-module.ts";
import type { Picture } from "./picture.ts";
import type { FrameRow } from "./strip.ts";

/** Small frames are shown so much larger that one can look at them. */
const SMALL = 128;
/** Pixels between clips, even as all sides are, which MP4 asks for; and their shade. */
const [GAP, GREY] = [4, 128];
/** Frames a second. */
export const FILM_RATE = 10;

/**
 * Clips side by side: a picture for each step; one that is over stays as it ended.
 *
 * @param rows a clip each, its frames `[H·W·C]` from 0 to 1
 * @param shape `[H, W]` or `[H, W, C]`; of other than three colours the first is shown
 */
export function filmOf(rows: readonly FrameRow[], shape: readonly number[]): Picture[] {
  const [high, wide, colours = 1] = shape as [number, number, number?];
  const channels = colours === 3 ? 3 : 1;
  const scale = Math.max(1, 2 * Math.floor(SMALL / Math.max(high, wide) / 2));
  const width = (rows.length * (wide + GAP) - GAP) * scale;
  const length = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return Array.from({ length }, (_, t) => {
    const pixels = new Uint8Array(high * scale * width * channels);
    for (let i = 0; i < pixels.length; i++) {
      const pixel = Math.floor(i / channels);
      const [top, x] = [Math.floor(pixel / width / scale), Math.floor((pixel % width) / scale)];
      const [clip, left] = [Math.floor(x / (wide + GAP)), x % (wide + GAP)];
      const row = rows[clip]!;
      const frame = row[Math.min(t, row.length - 1)];
      const isGap = left >= wide || frame === undefined;
      pixels[i] = isGap ? GREY : Math.round(255 * frame[(top * wide + left) * colours + (i % channels)]!);
    }
    return { width, height: high * scale, channels, pixels };
  });
}

/**
 * Pictures as an animated GIF that begins anew at its end; of colours each frame has the 256 that stand best for its own.
 *
 * @param rate pictures a second; a GIF counts hundredths
 * @example
 * writeFileSync("clip.gif", await gifOf(frames, 10));
 */
export async function gifOf(frames: readonly Picture[], rate: number): Promise<Uint8Array> {
  const gifenc = await loaded();
  const encoder = gifenc.GIFEncoder();
  const greys = Array.from({ length: 256 }, (_, shade) => [shade, shade, shade]);
  for (const { width, height, channels, pixels } of frames) {
    const delay = Math.round(1000 / rate);
    if (channels === 1) encoder.writeFrame(pixels, width, height, { palette: greys, delay, repeat: 0 });
    else {
      const rgba = opaque(pixels);
      const palette = gifenc.quantize(rgba, 256);
      encoder.writeFrame(gifenc.applyPalette(rgba, palette), width, height, { palette, delay, repeat: 0 });
    }
  }
  encoder.finish();
  return encoder.bytes();
}

/** What is used of gifenc. */
interface Gifenc {
  GIFEncoder(): {
    writeFrame(
      places: Uint8Array,
      width: number,
      height: number,
      options: { palette: number[][]; delay: number; repeat: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  };
  /** The colours that stand best for pixels `[N, 4]`. */
  quantize(rgba: Uint8Array, most: number): number[][];
  /** For each pixel the place of its nearest colour. */
  applyPalette(rgba: Uint8Array, palette: number[][]): Uint8Array;
}

async function loaded(): Promise<Gifenc> {
  // @ts-expect-error: it tells no types
  return exportsOf((await import("gifenc/dist/gifenc.js")) as Gifenc, "GIFEncoder");
}

/** Pixels `[N, 3]` as `[N, 4]`. */
function opaque(pixels: Uint8Array): Uint8Array {
  const rgba = new Uint8Array((pixels.length / 3) * 4).fill(255);
  for (let i = 0; i < pixels.length / 3; i++) rgba.set(pixels.subarray(3 * i, 3 * i + 3), 4 * i);
  return rgba;
}
