/** Animated GIF (GIF89a): its frames as pictures, and frames as one. */
import type { ParsedFrame, ParsedGif } from "gifuct-js";
import { exportsOf } from "./common-module.ts";
import { decodedBy, inGrey, noPicture, overWhite, type Picture, requireSize, type Size } from "./picture.ts";

/** A picture, and how long it is shown. */
export interface TimedPicture {
  readonly picture: Picture;
  readonly seconds: number;
}

const [EXTENSION, IMAGE, TRAILER] = [0x21, 0x2c, 0x3b];
/** A code of more bits than a colour has stands for nothing. */
const MOST_CODE_BITS = 8;

/** Whether bytes begin as a GIF does. */
export const isGif = (bytes: Uint8Array): boolean =>
  /^GIF8[79]a/.test(String.fromCharCode(...bytes.subarray(0, 6)));

/**
 * How large a GIF says that it is, when all its parts are there and lie within that size.
 *
 * @throws VrnnError `data/picture`
 */
export function gifSize(bytes: Uint8Array, at: string): Size {
  if (!isGif(bytes) || bytes.length < 13) throw noPicture("it is no GIF", at);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  let place = 13 + tableBytes(bytes[10]!);
  while (place < bytes.length && bytes[place] !== TRAILER) {
    if (bytes[place] === EXTENSION) place = afterBlocks(bytes, place + 2);
    else if (bytes[place] === IMAGE && place + 10 < bytes.length) {
      const [left, top, wide, high] = [1, 3, 5, 7].map((offset) => view.getUint16(place + offset, true));
      if (left! + wide! > width || top! + high! > height)
        throw noPicture("broken GIF: a frame does not lie within the size", at);
      place += 10 + tableBytes(bytes[place + 9]!);
      if (bytes[place]! > MOST_CODE_BITS)
        throw noPicture("broken GIF: a frame is coded in too many bits", at);
      place = afterBlocks(bytes, place + 1);
    } else throw noPicture("broken GIF: there is something unknown between frames", at);
  }
  if (place >= bytes.length) throw noPicture("truncated GIF: its end is missing", at);
  return { width, height };
}

/** How many bytes a table of colours has, by the byte that tells of it. */
const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** Where a row of blocks ends, which one of no length closes. */
function afterBlocks(bytes: Uint8Array, start: number): number {
  let place = start;
  while (place < bytes.length && bytes[place] !== 0) place += bytes[place]! + 1;
  return place + 1;
}

/**
 * The frames of a GIF as they are seen: each is laid over what stood before, transparency over white.
 *
 * @throws VrnnError `data/picture`, `data/picture-size`
 */
export async function* gifFrames(bytes: Uint8Array, at: string): AsyncGenerator<TimedPicture> {
  const size = gifSize(bytes, at);
  requireSize(size, at);
  const { decompressFrame, parseGIF } = exportsOf(await import("gifuct-js"), "parseGIF");
  const parsed = decodedBy("GIF", () => parseGIF(Uint8Array.from(bytes).buffer), at);
  const frames = parsed.frames.filter((part) => "image" in part);
  const show = isGrey(parsed) ? inGrey : (picture: Picture) => picture;
  const canvas = new Uint8Array(4 * size.width * size.height); // RGBA
  for (const coded of frames) {
    const frame = decodedBy("GIF", () => decompressFrame(coded, parsed.gct, true), at);
    const before = frame.disposalType === RESTORE ? canvas.slice() : undefined;
    draw(canvas, frame, size.width);
    yield { picture: show(overWhite(canvas, size, 3)), seconds: (frame.delay ?? USUAL_DELAY) / 1000 };
    if (before !== undefined) canvas.set(before);
    if (frame.disposalType === CLEAR) draw(canvas, { ...frame, patch: undefined }, size.width);
  }
}

/** What becomes of a frame after it was shown: its place is cleared, or what stood there is put back. */
const [CLEAR, RESTORE] = [2, 3];
/** Milliseconds, where a frame does not tell. */
const USUAL_DELAY = 100;

type Colours = readonly (readonly [number, number, number])[];

/** Whether all tables of colours hold shades of grey alone. */
function isGrey({ gct, frames }: ParsedGif): boolean {
  const local = frames.flatMap((frame) =>
    "image" in frame ? [(frame.image as { lct?: Colours }).lct ?? []] : [],
  );
  return [gct ?? [], ...local].every((colours: Colours) =>
    colours.every(([red, green, blue]) => red === green && green === blue),
  );
}

/** Draws what is opaque of a frame, or clears its place. */
function draw(
  canvas: Uint8Array,
  {
    dims: { left, top, width, height },
    patch,
  }: Pick<ParsedFrame, "dims"> & { readonly patch: Uint8ClampedArray | undefined },
  across: number,
): void {
  for (let i = 0; i < width * height; i++) {
    const to = 4 * ((top + Math.floor(i / width)) * across + left + (i % width));
    if (patch === undefined) canvas.fill(0, to, to + 4);
    else if (patch[4 * i + 3] !== 0) canvas.set(patch.subarray(4 * i, 4 * i + 4), to);
  }
}
