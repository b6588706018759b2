/** Pictures in PNG (ISO/IEC 15948). */
import { convertIndexedToRgb, type DecodedPng, decode, encode } from "fast-png";
import { Unzlib } from "fflate";
import { joinedBytes } from "../../collections.ts";
import { decodedBy, noPicture, overWhite, type Picture, requireSize, type Size } from "./picture.ts";

/** The bytes that a PNG begins with. */
const SIGNATURE = 8;

/** A part of a PNG: its name, and where it stands with its length and checksum. */
interface Chunk {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** What pixels are made of; the rest, texts and profiles, may unfold to any size and is not looked into. */
const NEEDED = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];

/** The chunks of a PNG up to its end. @throws VrnnError `data/picture` */
function chunksOf(bytes: Uint8Array, at: string): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: Chunk[] = [];
  for (let start = SIGNATURE; start + 12 <= bytes.length; ) {
    const end = start + 12 + view.getUint32(start);
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    if (end > bytes.length) break;
    chunks.push({ type, start, end });
    if (type === "IEND") return chunks;
    start = end;
  }
  throw noPicture("truncated PNG: it ends before its last part", at);
}

/** What a PNG says of itself. */
interface PngHeader extends Size {
  readonly depth: number;
  readonly colours: number;
}

/** Pixels are places in a palette; elsewhere a palette is but a proposal. */
const INDEXED = 3;
/** Of grey, without and with transparency. */
const GREY = [0, 4];

/** @throws VrnnError `data/picture` */
function headerIn(bytes: Uint8Array, [first]: readonly Chunk[], at: string): PngHeader {
  if (first?.type !== "IHDR" || first.end - first.start !== 25)
    throw noPicture("broken PNG: it does not begin with its size", at);
  const view = new DataView(bytes.buffer, bytes.byteOffset + first.start + 8, 13);
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth: view.getUint8(8),
    colours: view.getUint8(9),
  };
}

/**
 * How large a PNG says that it is, and whether in grey.
 *
 * @throws VrnnError `data/picture`
 */
export function pngForm(bytes: Uint8Array, at: string): Size & { readonly isGrey: boolean } {
  const { width, height, colours } = headerIn(bytes, chunksOf(bytes, at), at);
  return { width, height, isGrey: GREY.includes(colours) };
}

/**
 * The pixels of a PNG, in 8 bits; what is transparent lies over white.
 *
 * @throws VrnnError `data/picture`, `data/picture-size`
 */
export function decodePng(bytes: Uint8Array, at: string): Picture {
  const chunks = chunksOf(bytes, at);
  const header = headerIn(bytes, chunks, at);
  requireSize(header, at);
  const needed = chunks.filter(
    ({ type }) => NEEDED.includes(type) && (type !== "PLTE" || header.colours === INDEXED),
  );
  const parts = needed.map(({ start, end }) => bytes.subarray(start, end));
  const unpack = () => {
    const coded = parts.filter((_, i) => needed[i]!.type === "IDAT").map((part) => part.subarray(8, -4));
    requireUnfolding(coded, mostBytes(header));
    return pictureOf(decode(joinedBytes([bytes.subarray(0, SIGNATURE), ...parts]), { checkCrc: true }));
  };
  return decodedBy("PNG", unpack, at);
}

/** A picture as a PNG. */
export const encodePng = ({ width, height, channels, pixels }: Picture): Uint8Array =>
  encode({ width, height, channels, data: pixels });

/** Pixels of four channels and a byte for each row's filter; interlaced ones have seven pictures of fewer rows, twice as many at most. */
const mostBytes = ({ width, height, depth }: PngHeader): number =>
  height * Math.ceil((width * 4 * depth) / 8) + 2 * height + 2 * width + 64;

/** At once at most so many compressed bytes unfold, each to a thousand at most. */
const PIECE = 1 << 14;

/** @throws Error when coded pixels unfold to more than the size makes, before they have taken the memory */
function requireUnfolding(coded: readonly Uint8Array[], most: number): void {
  let unfolded = 0;
  const inflating = new Unzlib((piece) => {
    unfolded += piece.length;
  });
  for (const part of coded) {
    for (let start = 0; start < part.length; start += PIECE) {
      inflating.push(part.subarray(start, start + PIECE));
      if (unfolded > most) throw new Error("it unfolds to more pixels than it says that it has");
    }
  }
}

function pictureOf(png: DecodedPng): Picture {
  const { width, height, palette, transparency } = png;
  if (palette !== undefined) {
    const pixels = convertIndexedToRgb(png) as Uint8Array;
    return palette[0]!.length === 4 ? overWhite(pixels, png, 3) : { width, height, channels: 3, pixels };
  }
  const opaque = png.channels >= 3 ? 3 : 1;
  const samples = samplesOf(png);
  const pixels = Uint8Array.from(samples, (sample) => Math.round((255 * sample) / (2 ** png.depth - 1)));
  if (png.channels !== opaque) return overWhite(pixels, png, opaque);
  if (transparency === undefined) return { width, height, channels: opaque, pixels };
  return overWhite(withKey(png, samples, pixels, transparency), png, opaque);
}

/** Samples as numbers of their own: below 8 bits several stand in a byte, and each row begins a new one. */
function samplesOf({
  data,
  depth,
  width,
  height,
  channels,
}: DecodedPng): ArrayLike<number> & Iterable<number> {
  if (depth >= 8) return data;
  const row = Math.ceil((width * depth) / 8);
  return Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = data[Math.floor(i / width) * row + (bit >> 3)]!;
    return (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  });
}

/** Pixels with how opaque each is, where one colour, as it is stored, is transparent. */
function withKey(
  { width, height, channels }: DecodedPng,
  samples: ArrayLike<number>,
  pixels: Uint8Array,
  key: Uint16Array,
): Uint8Array {
  const keyed = new Uint8Array(width * height * (channels + 1));
  for (let i = 0; i < width * height; i++) {
    const isKey = key.every((sample, c) => samples[i * channels + c] === sample);
    keyed.set(pixels.subarray(i * channels, (i + 1) * channels), i * (channels + 1));
    keyed[i * (channels + 1) + channels] = isKey ? 0 : 255;
  }
  return keyed;
}
