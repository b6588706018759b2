/** Pictures from files, by the user's own sharp where there is one. */
import { readContent } from "./files-bytes.ts";
import { endingOf } from "./formats.ts";
import { declaredForm, decodePicture } from "./images/decode.ts";
import { MOST_PIXELS, noPicture, type Picture, requireSize } from "./images/picture.ts";

const ENDINGS = [".png", ".jpg", ".jpeg"];

/** Whether a file is a picture, by its name. */
export const isPictureName = (path: string): boolean => ENDINGS.includes(endingOf(path));

/** What is used of sharp (https://sharp.pixelplumbing.com). */
export type Sharp = (
  bytes: Uint8Array,
  options: { readonly limitInputPixels: number; readonly failOn: "truncated" },
) => SharpPicture;

interface SharpPicture {
  rotate(): SharpPicture;
  flatten(options: { readonly background: string }): SharpPicture;
  toColourspace(name: "b-w" | "srgb"): SharpPicture;
  raw(): SharpPicture;
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{
    readonly data: Uint8Array;
    readonly info: { readonly width: number; readonly height: number; readonly channels: number };
  }>;
}

let own: Promise<Sharp | undefined> | undefined;

/** The user's sharp; undefined where it is not installed. It is no dependency: it brings a library for each kind of machine. */
export function installedSharp(): Promise<Sharp | undefined> {
  const name = "sharp";
  own ??= import(name).then(
    (found: { readonly default: Sharp }) => found.default,
    () => undefined,
  );
  return own;
}

/**
 * The picture of a file in PNG or JPEG, upright, in 8 bits and without transparency.
 *
 * @param sharp decodes it; decoders in JavaScript do where it is undefined
 * @throws VrnnError `data/picture`, `data/picture-size`, and what `readContent` throws
 * @example
 * await readPicture("0001.jpg", await installedSharp()); // { width: 128, height: 128, channels: 3, pixels: [49152] }
 */
export async function readPicture(path: string, sharp: Sharp | undefined): Promise<Picture> {
  const bytes = readContent(path);
  return sharp === undefined ? decodePicture(bytes, path) : bySharp(sharp, bytes, path);
}

async function bySharp(sharp: Sharp, bytes: Uint8Array, at: string): Promise<Picture> {
  const form = declaredForm(bytes, at);
  requireSize(form, at);
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: "truncated" })
      .rotate()
      .flatten({ background: "white" })
      .toColourspace(form.isGrey ? "b-w" : "srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    const channels = info.channels === 1 ? 1 : 3;
    return { width: info.width, height: info.height, channels, pixels: new Uint8Array(data) };
  } catch (cause) {
    throw noPicture(
      `it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      at,
      cause,
    );
  }
}
