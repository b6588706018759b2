/** One picture in memory, and how large one may be. */
import { VrnnError } from "../../errors.ts";

/** A picture: its pixels are `[height, width, channels]`, row-major, from 0 to 255. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: red, green and blue. */
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

/** How wide and high something is, in pixels. */
export type Size = Pick<Picture, "width" | "height">;

/** No side of a picture is longer, and none has more pixels: what a file says of itself is held against it before memory is taken. */
export const MOST_SIDE = 32_767;
export const MOST_PIXELS = 2 ** 25;

/** All pictures of a data set together may take so many bytes. */
export const MOST_PICTURE_BYTES = 2 ** 31;

/**
 * Refuses a picture of no pixels, or of more than fit.
 *
 * @throws VrnnError `data/picture-size`
 */
export function requireSize({ width, height }: Size, at: string): void {
  if (width > 0 && height > 0 && Math.max(width, height) <= MOST_SIDE && width * height <= MOST_PIXELS)
    return;
  const isEmpty = width === 0 || height === 0;
  throw new VrnnError("data/picture-size", `it says that it is ${width} by ${height} pixels`, {
    at,
    remedy: isEmpty
      ? "save the picture again"
      : `make it smaller first: at most ${MOST_SIDE} pixels a side and ${MOST_PIXELS / 2 ** 20} million in all`,
  });
}

/** That a file holds no picture that can be read. */
export const noPicture = (what: string, at: string, cause?: unknown): VrnnError =>
  new VrnnError("data/picture", what, { at, remedy: "fetch or save the picture again", cause });

/** The weights of red, green and blue in how bright they look (ITU-R BT.601). */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const;

/** A picture in shades of grey. */
export function inGrey(picture: Picture): Picture {
  const { channels, pixels, width, height } = picture;
  if (channels === 1) return picture;
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++)
    grey[i] = Math.round(RED * pixels[3 * i]! + GREEN * pixels[3 * i + 1]! + BLUE * pixels[3 * i + 2]!);
  return { width, height, channels: 1, pixels: grey };
}

/**
 * What a decoder makes of a file.
 *
 * @param kind of file, for messages
 * @throws VrnnError `data/picture` for whatever the decoder threw
 */
export function decodedBy<Decoded>(kind: string, decode: () => Decoded, at: string): Decoded {
  try {
    return decode();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw noPicture(`broken ${kind}: ${why}`, at, cause);
  }
}

/** A picture in three colours; a grey one has three of the same. */
export function inColour(picture: Picture): Picture {
  const { channels, pixels, width, height } = picture;
  if (channels === 3) return picture;
  const colours = new Uint8Array(3 * pixels.length);
  for (let i = 0; i < colours.length; i++) colours[i] = pixels[Math.floor(i / 3)]!;
  return { width, height, channels: 3, pixels: colours };
}

/**
 * A picture of pixels with transparency, laid over white.
 *
 * @param pixels `[height, width, 2]` of grey or `[height, width, 4]` of colours, the last how opaque each is
 */
export function overWhite(pixels: Uint8Array, { width, height }: Size, channels: 1 | 3): Picture {
  const opaque = new Uint8Array(width * height * channels);
  for (let i = 0; i < opaque.length; i++) {
    const from = Math.floor(i / channels) * (channels + 1);
    const share = pixels[from + channels]! / 255;
    opaque[i] = Math.round(255 + share * (pixels[from + (i % channels)]! - 255));
  }
  return { width, height, channels, pixels: opaque };
}
