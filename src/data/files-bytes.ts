import { isUtf8 } from "node:buffer";
import { closeSync, createReadStream, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { VrnnError } from "../errors.ts";
import { didYouMean } from "../words/nearest.ts";
import { looksLikeUtf16, refuseFormats, utf16Text } from "./encoding.ts";
import { MOST_BYTES, Pieces, refuseEmpty, tooLarge } from "./formats.ts";

/** What is called so is not a file's name but this process's input. */
export const STDIN = "-";
/** Not `process.stdin`: to look at that would make it a stream. */
const STDIN_DESCRIPTOR = 0;

/**
 * What stands at a path.
 *
 * @throws VrnnError `data/missing-file`, which suggests the nearest name.
 */
export function statusOf(path: string) {
  try {
    return statSync(path);
  } catch (cause) {
    throw new VrnnError("data/missing-file", "there is no such file or folder", {
      at: path,
      remedy: missingRemedy(path),
      cause,
    });
  }
}

const missingRemedy = (path: string): string =>
  didYouMean(basename(path), namesIn(dirname(path)), {
    otherwise: "check the path",
    shown: (meant) => `"${join(dirname(path), meant)}"`,
  });

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * The text of a file in UTF-8, or in UTF-16 where its mark says so, decompressed when it is gzip; the mark is left out.
 *
 * @throws VrnnError `data/binary`, `data/empty-file`, and what `readContent` throws.
 */
export function readText(path: string): string {
  const content = readContent(path);
  const text = utf16Text(content, path);
  if (text !== undefined) return refuseEmpty(text, path);
  refuseFormats(content, `${path}:1`);
  refuseBinary(content, path);
  return refuseEmpty(new TextDecoder().decode(content), path);
}

/**
 * The bytes of a file, decompressed when it is gzip.
 *
 * @throws VrnnError `data/unreadable`, `data/gzip`, `data/too-large`.
 */
export function readContent(path: string): Uint8Array {
  if (path !== STDIN && statusOf(path).size > MOST_BYTES) throw tooLarge(path);
  const bytes = readBytes(path);
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(bytes, path) : bytes;
}

/**
 * The bytes of a file as they are, piece by piece, until it is asked to stop: of one that is too large for the memory, or a pipe.
 *
 * @throws VrnnError `data/missing-file`, `data/unreadable`
 */
export async function* bytesOfFile(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  statusOf(path);
  try {
    yield* createReadStream(path, { signal });
  } catch (cause) {
    if (!signal.aborted) throw unreadable(path, cause);
  }
}

const PIECE_BYTES = 1 << 20;

/** Piece by piece: a device or a pipe does not say how much there is. */
function readBytes(path: string): Uint8Array {
  const pieces = new Pieces(path);
  let file: number | undefined;
  try {
    file = path === STDIN ? STDIN_DESCRIPTOR : openSync(path, "r");
    // What a file says of its size comes in one piece; it may have grown since, or may not say.
    for (let size = Math.min(fstatSync(file).size, MOST_BYTES); ; size = PIECE_BYTES) {
      const piece = filled(file, new Uint8Array(size || PIECE_BYTES));
      if (piece.length === 0) return pieces.joined();
      pieces.add(piece);
    }
  } catch (cause) {
    throw cause instanceof VrnnError ? cause : unreadable(path, cause);
  } finally {
    if (file !== undefined && path !== STDIN) closeSync(file);
  }
}

function unreadable(at: string, cause: unknown): VrnnError {
  if (cause instanceof Error && "code" in cause && cause.code === "EISDIR")
    return new VrnnError("data/unreadable", "this is a folder", {
      at,
      remedy: "name the files in it",
      cause,
    });
  const what = `cannot read: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new VrnnError("data/unreadable", what, { at, remedy: "check the permissions", cause });
}

/** The beginning of a piece that could be filled; empty at the end of the file. */
function filled(file: number, piece: Uint8Array): Uint8Array {
  let length = 0;
  for (let more = 1; more > 0 && length < piece.length; length += more)
    more = readWaiting(file, piece.subarray(length));
  return piece.subarray(0, length);
}

/** A pipe may have nothing yet, and says so instead of waiting. */
function readWaiting(file: number, piece: Uint8Array): number {
  for (;;) {
    try {
      return readSync(file, piece);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === "EOF") return 0; // of a console
      if (code !== "EAGAIN") throw cause;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function gunzip(bytes: Uint8Array, path: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(path);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new VrnnError("data/gzip", `corrupt gzip: ${reason}`, {
      at: path,
      remedy: "fetch or compress the file again",
      cause,
    });
  }
}

function refuseBinary(bytes: Uint8Array, path: string): void {
  const nul = bytes.indexOf(0);
  if (nul < 0 && isUtf8(bytes)) return;
  const line = nul >= 0 ? lineOf(bytes, nul) : firstInvalidLine(bytes);
  const what = nul >= 0 ? "no text: there is a NUL byte" : "no UTF-8 text: there is an invalid byte";
  const remedy = looksLikeUtf16(bytes)
    ? "it looks like UTF-16 without its mark: save it as text in UTF-8"
    : "save it as text in UTF-8";
  throw new VrnnError("data/binary", what, { at: `${path}:${line}`, remedy });
}

function lineOf(bytes: Uint8Array, offset: number): number {
  return bytes.subarray(0, offset).reduce((line, byte) => (byte === 0x0a ? line + 1 : line), 1);
}

function firstInvalidLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end;
  }
  return line;
}
