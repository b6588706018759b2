/** Pictures that are learned from a little otherwise each time: in a mirror, cut, in other light. */
import type { Random } from "../../random/generator.ts";
import type { Fields } from "../fields.ts";
import type { Reread } from "../reread.ts";

/** What is done to a picture each time that it is learned from. */
export interface Augmentation {
  /** Whether it may stand on its head and in a mirror: of each half. */
  readonly flips: boolean;
  /** The share of its sides that is cut off at most. */
  readonly zoom: number;
  /** By how much brightness, contrast and each colour change at most, as a share of the range. */
  readonly jitter: number;
}

/** Where a picture is cut: its first row and column, and the steps from one to the next, which may go backwards. */
interface Window {
  readonly start: number;
  readonly step: number;
}

/**
 * What makes another picture of the field `picture` at each reading: a part of it, as large as the whole by bilinear interpolation,
 * perhaps turned over, with each channel c as gain·c + offset.
 *
 * @param fields those of a data set with pictures of bytes, `[H, W, C]` @returns nothing where nothing is to be done, or an encoder has
 * read the pictures as they are
 * @example
 * const reread = augmentation(data.fields, { flips: true, zoom: 0.15, jitter: 0.2 });
 * reread(part, Random.stream(1, "row", 7)).values.picture; // Uint8Array of the same length
 */
export function augmentation(
  { picture, encoded }: Fields,
  { flips, zoom, jitter }: Augmentation,
): Reread | undefined {
  if (picture?.kind !== "frames" || picture.storage !== "uint8") return undefined;
  if (encoded !== undefined || (!flips && zoom === 0 && jitter === 0)) return undefined;
  const [height = 1, width = 1, channels = 1] = picture.shape;
  return (part, random) => {
    const pixels = part.values["picture"] as Uint8Array;
    const kept = 1 - zoom * random.uniform();
    const [down, across] = [height, width].map((side) => windowOf(side, kept, flips, random)) as [
      Window,
      Window,
    ];
    const light = lightOf(channels, jitter, random);
    const seen = interpolated(pixels, { height, width, channels, down, across, light });
    return { ...part, values: { ...part.values, picture: seen } };
  };
}

/** A part of a side, from either end. @param kept its share of the side */
function windowOf(side: number, kept: number, flips: boolean, random: Random): Window {
  const start = (1 - kept) * (side - 1) * random.uniform();
  return flips && random.uniform() < 0.5
    ? { start: start + kept * (side - 1), step: -kept }
    : { start, step: kept };
}

/** For each channel the factor and what is added, of values from 0 to 255. */
function lightOf(channels: number, jitter: number, random: Random): { gain: number; offset: number }[] {
  const around = (most: number) => most * (2 * random.uniform() - 1);
  const [contrast, brightness] = [1 + around(jitter), 255 * around(jitter)];
  return Array.from({ length: channels }, () => {
    const gain = contrast * (1 + around(jitter / 2));
    return { gain, offset: 128 * (1 - contrast) + brightness };
  });
}

interface Seen {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly down: Window;
  readonly across: Window;
  readonly light: readonly { readonly gain: number; readonly offset: number }[];
}

/** @param pixels `[H, W, C]` @returns the same shape */
function interpolated(
  pixels: Uint8Array,
  { height, width, channels, down, across, light }: Seen,
): Uint8Array {
  const seen = new Uint8ClampedArray(pixels.length);
  const columns = Array.from({ length: width }, (_, j) => placeOf(across, j, width));
  for (let i = 0; i < height; i++) {
    const row = placeOf(down, i, height);
    const [top, bottom] = [row.at * width * channels, row.next * width * channels];
    for (let j = 0; j < width; j++) {
      const { at, next, share } = columns[j]!;
      const [left, right] = [at * channels, next * channels];
      for (let c = 0; c < channels; c++) {
        const above = pixels[top + left + c]! * (1 - share) + pixels[top + right + c]! * share;
        const below = pixels[bottom + left + c]! * (1 - share) + pixels[bottom + right + c]! * share;
        const value = above * (1 - row.share) + below * row.share;
        seen[(i * width + j) * channels + c] = light[c]!.gain * value + light[c]!.offset;
      }
    }
  }
  return new Uint8Array(seen.buffer);
}

/** Between which two places of a side a place of a window lies, and how far it is from the first. */
function placeOf({ start, step }: Window, i: number, side: number) {
  const place = Math.min(side - 1, Math.max(0, start + step * i));
  const at = Math.floor(place);
  return { at, next: Math.min(side - 1, at + 1), share: place - at };
}
