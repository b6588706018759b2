/** Pictures of whatever kind that is read, told apart by their first bytes. */
import { decodeJpeg, jpegHeader } from "./jpeg.ts";
import { noPicture, type Picture, type Size } from "./picture.ts";
import { decodePng, pngForm } from "./png.ts";

/** What a picture says of itself before its pixels. */
export interface DeclaredForm extends Size {
  readonly isGrey: boolean;
}

/** How pictures of a kind are read. */
interface PictureFormat {
  readonly begins: readonly number[];
  /** @throws VrnnError `data/picture` */
  readonly form: (bytes: Uint8Array, at: string) => DeclaredForm;
  /** @throws VrnnError `data/picture`, `data/picture-size` */
  readonly decode: (bytes: Uint8Array, at: string) => Picture | Promise<Picture>;
}

const formats: Readonly<Record<"png" | "jpeg", PictureFormat>> = {
  png: { begins: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], form: pngForm, decode: decodePng },
  jpeg: { begins: [0xff, 0xd8, 0xff], form: jpegHeader, decode: decodeJpeg },
};

/** @throws VrnnError `data/picture` for bytes of another kind */
function formatOf(bytes: Uint8Array, at: string): PictureFormat {
  const found = Object.values(formats).find(({ begins }) => begins.every((byte, i) => bytes[i] === byte));
  if (found !== undefined) return found;
  throw noPicture(bytes.length === 0 ? "the file is empty" : "it is neither PNG nor JPEG", at);
}

/**
 * How large a picture says that it is, which may be anything, and whether in grey.
 *
 * @throws VrnnError `data/picture`
 */
export const declaredForm = (bytes: Uint8Array, at: string): DeclaredForm =>
  formatOf(bytes, at).form(bytes, at);

/**
 * The picture of a PNG or JPEG, upright, in 8 bits and without transparency.
 *
 * @param at where it comes from, for messages
 * @throws VrnnError `data/picture` where it is broken, `data/picture-size` where it says that it is too large
 * @example
 * await decodePicture(readFileSync("0001.jpg"), "0001.jpg"); // { width: 128, height: 128, channels: 3, pixels: [49152] }
 */
export const decodePicture = async (bytes: Uint8Array, at: string): Promise<Picture> =>
  formatOf(bytes, at).decode(bytes, at);
