/** What is made of pictures before a model sees them, as options say: a part of them, a size, grey or colours. */
import { VrnnError } from "../../errors.ts";
import { usageError } from "../../options.ts";
import type { ColourName } from "./colour-names.ts";
import { inColour, inGrey, MOST_SIDE, type Picture, type Size } from "./picture.ts";
import { resampled } from "./resample.ts";

/** How pictures and clips are read, as a run keeps it. */
export interface PictureSchema {
  /** `WxH`. */
  readonly size?: string | undefined;
  /** `WxH`, `WxH+X+Y` or `centre`. */
  readonly crop?: string | undefined;
  readonly colours?: ColourName | undefined;
  /** Of videos and animated GIFs: frames a second; as they come unless told. */
  readonly fps?: number | undefined;
}

/** A part of a picture: of such a size, and where it begins; in the middle unless told. */
interface Part extends Size {
  readonly left?: number;
  readonly top?: number;
}

/** What is made of a picture: the part first, then the size. */
export interface Preparation {
  readonly size?: Size | undefined;
  /** `centre`: the largest part in the middle with the proportions of the size. */
  readonly crop?: Part | "centre" | undefined;
  /** As they are unless told. */
  readonly colours?: ColourName | undefined;
}

const SIZE = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/;
const PART = /^([1-9]\d{0,4})x([1-9]\d{0,4})(?:\+(\d{1,5})\+(\d{1,5}))?$/;

/**
 * What options ask to be made of pictures.
 *
 * @throws VrnnError `usage/option` for what no size or part is written as
 * @example
 * preparationOf({ size: "120x80", colours: "grey" }); // { size: { width: 120, height: 80 }, colours: "grey" }
 */
export function preparationOf({ size, crop, colours }: PictureSchema): Preparation {
  return {
    size: size === undefined ? undefined : sizeOf(size),
    crop: crop === undefined ? undefined : partOf(crop, size),
    colours,
  };
}

/**
 * A size as an option writes it.
 *
 * @throws VrnnError `usage/option` by the option's flag
 * @example
 * sizeOf("120x80"); // { width: 120, height: 80 }
 */
export function sizeOf(text: string, flag = "--size"): Size {
  const [, width, height] = (SIZE.exec(text) ?? []).map(Number);
  if (width !== undefined && height !== undefined && Math.max(width, height) <= MOST_SIDE)
    return { width, height };
  throw usageError(
    `option '${flag}': "${text}" is no size`,
    `write width and height in pixels: ${flag} 120x80`,
  );
}

function partOf(text: string, size: string | undefined): Part | "centre" {
  if (text === "centre") {
    if (size !== undefined) return text;
    throw usageError(
      "option '--crop centre' needs the size that it is to fit",
      "add --size, such as --size 64x64",
    );
  }
  const [, width, height, left, top] = PART.exec(text) ?? [];
  if (width !== undefined)
    return {
      width: Number(width),
      height: Number(height),
      ...(left !== undefined && { left: Number(left), top: Number(top) }),
    };
  throw usageError(
    `option '--crop': "${text}" is no part of a picture`,
    "write centre, or its size and where it begins: --crop 200x100+20+10",
  );
}

/**
 * A picture as it is to be.
 *
 * @throws VrnnError `data/crop` when it does not hold the part
 */
export function prepared(picture: Picture, { size, crop, colours }: Preparation, at: string): Picture {
  const part = crop === undefined ? picture : cropped(picture, placed(picture, crop, size), at);
  const coloured = colours === undefined ? part : colours === "grey" ? inGrey(part) : inColour(part);
  return size === undefined ? coloured : resampled(coloured, size);
}

/** How many bytes a picture takes as it is to be: looked at before they are taken. */
export function preparedBytes(picture: Picture, { size, crop, colours }: Preparation): number {
  const { width, height } = size ?? (crop === undefined ? picture : placed(picture, crop, size));
  const channels = colours === undefined ? picture.channels : colours === "grey" ? 1 : 3;
  return width * height * channels;
}

/** Where a part lies. */
function placed(picture: Size, crop: Part | "centre", size: Size | undefined): Required<Part> {
  const { width, height } = crop === "centre" ? fitting(picture, size ?? picture) : crop;
  const middle = { left: (picture.width - width) >> 1, top: (picture.height - height) >> 1 };
  return { ...middle, ...(crop === "centre" ? {} : crop), width, height };
}

/** The largest part of a picture with the proportions of a size. */
function fitting({ width, height }: Size, size: Size): Size {
  const scale = Math.min(width / size.width, height / size.height);
  return {
    width: Math.max(1, Math.round(scale * size.width)),
    height: Math.max(1, Math.round(scale * size.height)),
  };
}

function cropped(picture: Picture, { width, height, left, top }: Required<Part>, at: string): Picture {
  if (left < 0 || top < 0 || left + width > picture.width || top + height > picture.height)
    throw new VrnnError(
      "data/crop",
      `it has ${picture.width} by ${picture.height} pixels, and the part asked for does not lie in it`,
      { at, remedy: "give a smaller part with --crop" },
    );
  const { channels, pixels } = picture;
  const part = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * channels;
    part.set(pixels.subarray(from, from + width * channels), y * width * channels);
  }
  return { width, height, channels, pixels: part };
}
