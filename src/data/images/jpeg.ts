/** Pictures in JPEG (ITU-T T.81). */
import { exportsOf } from "./common-module.ts";
import { orientationOf, upright } from "./exif.ts";
import { decodedBy, noPicture, type Picture, requireSize, type Size } from "./picture.ts";

const [APP1, START_OF_SCAN, END_OF_IMAGE] = [0xe1, 0xda, 0xd9];

/** A start of frame: C0 to CF but the tables of Huffman and arithmetic codes and the reserved one. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** What a JPEG says of itself before its pixels. */
export interface JpegHeader extends Size {
  readonly isGrey: boolean;
  /** As `orientationOf` tells it. */
  readonly orientation: number;
  /** Where the first coded pixels stand. */
  readonly scan: number;
}

/**
 * What a JPEG says of itself.
 *
 * @throws VrnnError `data/picture` where it ends before its pixels
 * @example
 * jpegHeader(bytes, "0001.jpg"); // { width: 128, height: 128, isGrey: false, orientation: 1, scan: 623 }
 */
export function jpegHeader(bytes: Uint8Array, at: string): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let frame: Omit<JpegHeader, "scan" | "orientation"> | undefined;
  let orientation = 1;
  for (let place = 2; place + 4 <= bytes.length; ) {
    if (bytes[place] !== 0xff)
      throw noPicture("broken JPEG: a segment is longer or shorter than it says", at);
    const marker = bytes[place + 1]!;
    if (marker === 0xff) {
      place += 1; // markers may be padded
      continue;
    }
    const end = place + 2 + view.getUint16(place + 2);
    if (end > bytes.length) break;
    if (marker === APP1 && orientation === 1) orientation = orientationOf(bytes.subarray(place + 4, end));
    if (isFrame(marker) && end >= place + 10)
      frame = {
        height: view.getUint16(place + 5),
        width: view.getUint16(place + 7),
        isGrey: bytes[place + 9] === 1,
      };
    if (marker === START_OF_SCAN) {
      if (frame === undefined) throw noPicture("broken JPEG: it does not say how large it is", at);
      return { ...frame, orientation, scan: end };
    }
    place = end;
  }
  throw noPicture("truncated JPEG: it ends before its pixels", at);
}

/** Whether a file goes on to the end of its picture; within coded pixels no byte FF is followed by D9. */
function isWhole(bytes: Uint8Array, scan: number): boolean {
  for (let i = bytes.length - 2; i >= scan; i--)
    if (bytes[i] === 0xff && bytes[i + 1] === END_OF_IMAGE) return true;
  return false;
}

/** So much may the decoder take, in MB. */
const MOST_MEMORY = 2048;

/**
 * The pixels of a JPEG, upright.
 *
 * @throws VrnnError `data/picture`, `data/picture-size`
 */
export async function decodeJpeg(bytes: Uint8Array, at: string): Promise<Picture> {
  const { width, height, isGrey, orientation, scan } = jpegHeader(bytes, at);
  requireSize({ width, height }, at);
  if (!isWhole(bytes, scan)) throw noPicture("truncated JPEG: its pixels break off", at);
  const { decode } = exportsOf(await import("jpeg-js"), "decode");
  const { data } = decodedBy(
    "JPEG",
    () =>
      decode(bytes, {
        useTArray: true,
        formatAsRGBA: false,
        tolerantDecoding: false,
        maxMemoryUsageInMB: MOST_MEMORY,
      }),
    at,
  );
  if (data.length !== 3 * width * height)
    throw noPicture("broken JPEG: it has another size than it says", at);
  const channels = isGrey ? 1 : 3;
  const pixels = channels === 1 ? data.filter((_, i) => i % 3 === 0) : data;
  return upright({ width, height, channels, pixels }, orientation);
}
