/** Text out of bytes, by the mark that they begin with. */
import { VrnnError } from "../errors.ts";

const MARKS: readonly { readonly bytes: readonly number[]; readonly encoding: string }[] = [
  { bytes: [0xff, 0xfe], encoding: "utf-16le" },
  { bytes: [0xfe, 0xff], encoding: "utf-16be" },
];

/** What begins so is no text, and what to do about it. */
const FORMATS: readonly {
  readonly bytes: readonly number[];
  readonly what: string;
  readonly remedy: string;
}[] = [
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    what: "a zip archive (or a spreadsheet)",
    remedy: "unpack it, or export CSV",
  },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: "compressed by zstd", remedy: "unpack it, or use gzip" },
  { bytes: [0x42, 0x5a, 0x68], what: "compressed by bzip2", remedy: "unpack it, or use gzip" },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: "compressed by xz", remedy: "unpack it, or use gzip" },
];

const beginsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);

/**
 * The text of bytes that begin with the mark of UTF-16, without the mark; undefined for any others.
 *
 * @throws VrnnError `data/binary` for what is no such text
 */
export function utf16Text(bytes: Uint8Array, at: string): string | undefined {
  const mark = MARKS.find((each) => beginsWith(bytes, each.bytes));
  if (mark === undefined) return undefined;
  try {
    return new TextDecoder(mark.encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new VrnnError("data/binary", "begins as UTF-16 and goes on as something else", {
      at,
      remedy: "save it as text in UTF-8",
      cause,
    });
  }
}

/** Refuses bytes that begin as a format that is no text does. @throws VrnnError `data/binary` */
export function refuseFormats(bytes: Uint8Array, at: string): void {
  const format = FORMATS.find((each) => beginsWith(bytes, each.bytes));
  if (format === undefined) return;
  throw new VrnnError("data/binary", `no text: ${format.what}`, { at, remedy: format.remedy });
}

/** Whether every second one of the first bytes is 0, as in UTF-16 without its mark. */
export function looksLikeUtf16(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 64);
  const zeros = (start: number) => head.filter((byte, i) => i % 2 === start && byte === 0).length;
  return (
    head.length >= 8 &&
    Math.max(zeros(0), zeros(1)) >= 0.4 * head.length &&
    Math.min(zeros(0), zeros(1)) === 0
  );
}
