/** Files out of archives of real recordings. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const [BLOCK, NAME, SIZE, SIZE_DIGITS] = [512, 100, 124, 11] as const;

/** Files of a tar archive by their names, as the standard of 1988 lays them out; names longer than 100 bytes are cut. */
export function filesOfTar(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const text = (from: number, length: number) =>
    new TextDecoder().decode(bytes.subarray(from, from + length)).replace(/\0.*$/s, "");
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + SIZE, SIZE_DIGITS), 8);
    files.set(text(at, NAME).replace(/^\.\//, ""), bytes.subarray(at + BLOCK, at + BLOCK + size));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

const unpacked = (folder: string, name: string): Uint8Array =>
  new Uint8Array(gunzipSync(readFileSync(join(folder, "speech", name))));

/** The Free Spoken Digit Dataset: recordings at 8 kHz. */
export const spokenDigits = (folder: string): Map<string, Uint8Array> =>
  filesOfTar(unpacked(folder, "fsdd_recordings.tar.gz"));

/** The cepstra and transcripts of AN4. */
export const an4 = (folder: string): Map<string, Uint8Array> => filesOfTar(unpacked(folder, "an4.tar.gz"));
