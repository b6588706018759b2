/** Pictures that are learned from a little otherwise each time: in a mirror, cut, in other light. */
import type { Random } from "../../random/generator.ts";
import type { Fields } from "../fields.ts";
import type { Reread } from "../reread.ts";

/** What is done to a picture each time that it is learned from. */
export interface Augmentation {
  /** Whether it may stand on its head and in a mirror: of each half. */
  readonly flips: boolean;
  /** Whether it is turned about its middle by any angle. */
  readonly turns: boolean;
  /** The share of its sides that is cut off at most. */
  readonly zoom: number;
  /** By how much brightness, contrast and each colour change at most, as a share of the range. */
  readonly jitter: number;
}

/** The straight line from places of the new picture to those of the old: `row = start[0] + down[0]·i + across[0]·j`. */
interface Sight {
  readonly start: Place;
  readonly down: Place;
  readonly across: Place;
}

/** A row and a column. */
type Place = readonly [number, number];

/** Of a channel the factor, and what is added, of values from 0 to 255. */
interface Light {
  readonly gain: number;
  readonly offset: number;
}

/**
 * What makes another picture of the field `picture` at each reading: a part of it, as large as the whole by bilinear interpolation,
 * perhaps turned, with each channel c as gain·c + offset. What would lie outside is its mirror image.
 *
 * @param fields those of a data set with pictures of bytes, `[H, W, C]` @returns nothing where nothing is to be done, or an encoder has
 * read the pictures as they are
 * @example
 * const reread = augmentation(data.fields, { flips: true, turns: false, zoom: 0.15, jitter: 0.2 });
 * reread(part, Random.stream(1, "row", 7)).values.picture; // Uint8Array of the same length
 */
export function augmentation({ picture, encoded }: Fields, asked: Augmentation): Reread | undefined {
  if (picture?.kind !== "frames" || picture.storage !== "uint8") return undefined;
  const isNothing = !asked.flips && !asked.turns && asked.zoom === 0 && asked.jitter === 0;
  if (encoded !== undefined || isNothing) return undefined;
  const [height = 1, width = 1, channels = 1] = picture.shape;
  return (part, random) => {
    const pixels = part.values["picture"] as Uint8Array;
    const sight = sightOf([height, width], asked, random);
    const light = lightOf(channels, asked.jitter, random);
    const seen = interpolated(pixels, { height, width, sight, light });
    return { ...part, values: { ...part.values, picture: seen } };
  };
}

/** A part of a picture, from any side. */
function sightOf(
  [height, width]: Place,
  { flips, turns, zoom }: Pick<Augmentation, "flips" | "turns" | "zoom">,
  random: Random,
): Sight {
  const kept = 1 - zoom * random.uniform();
  const partOf = (side: number) => {
    const away = (1 - kept) * (side - 1) * (random.uniform() - 0.5);
    return { middle: (side - 1) / 2 + away, step: flips && random.uniform() < 0.5 ? -kept : kept };
  };
  const [rows, columns] = [partOf(height), partOf(width)];
  const angle = turns ? 2 * Math.PI * random.uniform() : 0;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const down: Place = [cos * rows.step, sin * rows.step];
  const across: Place = [-sin * columns.step, cos * columns.step];
  const startOf = (middle: number, axis: 0 | 1) =>
    middle - (down[axis] * (height - 1)) / 2 - (across[axis] * (width - 1)) / 2;
  return { start: [startOf(rows.middle, 0), startOf(columns.middle, 1)], down, across };
}

/** In what light a picture is seen. */
function lightOf(channels: number, jitter: number, random: Random): Light[] {
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
  readonly sight: Sight;
  readonly light: readonly Light[];
}

/** @param pixels `[H, W, C]` @returns the same shape */
function interpolated(pixels: Uint8Array, { height, width, sight, light }: Seen): Uint8Array {
  const { start, down, across } = sight;
  const seen = new Uint8ClampedArray(pixels.length);
  const channels = light.length;
  for (let i = 0, to = 0; i < height; i++)
    for (let j = 0; j < width; j++) {
      const row = within(start[0] + down[0] * i + across[0] * j, height);
      const column = within(start[1] + down[1] * i + across[1] * j, width);
      const [top, left] = [Math.floor(row), Math.floor(column)];
      const [v, u] = [row - top, column - left];
      const at = (top * width + left) * channels;
      const right = left + 1 < width ? at + channels : at;
      const below = top + 1 < height ? width * channels : 0; // from a row to the next
      for (let c = 0; c < channels; c++, to++) {
        const upper = pixels[at + c]! * (1 - u) + pixels[right + c]! * u;
        const lower = pixels[at + below + c]! * (1 - u) + pixels[right + below + c]! * u;
        const { gain, offset } = light[c]!;
        seen[to] = gain * (upper * (1 - v) + lower * v) + offset;
      }
    }
  return new Uint8Array(seen.buffer);
}

/** A place of a side, or the one that is its mirror image at an end. */
function within(place: number, side: number): number {
  const last = side - 1;
  if (place >= 0 && place <= last) return place;
  if (last === 0) return 0;
  const across = Math.abs(place) % (2 * last);
  return across > last ? 2 * last - across : across;
}
