/** The chunks of a RIFF file (Microsoft and IBM 1991), of which sizes are claims until the file is seen to have them. */
import { VrnnError } from "../../errors.ts";

/** A chunk: four letters, and where its content stands. */
export interface Chunk {
  readonly id: string;
  readonly start: number;
  /** Where the content ends in this file: never beyond it. */
  readonly end: number;
  /** The bytes that the file claims the content to have. */
  readonly claimed: number;
}

const HEADER_SIZE = 12;
const CHUNK_HEAD = 8;
/** Relatives of the format, and what to do about them. */
const RELATIVES: Readonly<Record<string, string>> = {
  RIFX: "RIFX, the big-endian form of WAV",
  RF64: "RF64, the form of WAV for more than 4 GB",
  FORM: "AIFF",
  fLaC: "FLAC",
  OggS: "Ogg",
};

/**
 * All chunks of a WAV file, in their order. A chunk of odd size is followed by a byte that counts for nothing; one that
 * reaches beyond the file ends with it.
 *
 * @param file where the bytes come from, for messages.
 * @throws VrnnError `data/wav` for what is no RIFF file of kind WAVE
 * @example
 * riffChunks(bytes, "a.wav").map(({ id }) => id); // ["fmt ", "LIST", "data"]
 */
export function riffChunks(bytes: Uint8Array, file: string): Chunk[] {
  checkHeader(bytes, file);
  const chunks: Chunk[] = [];
  for (let at = HEADER_SIZE; at + CHUNK_HEAD <= bytes.length; ) {
    const chunk = chunkAt(bytes, at);
    chunks.push(chunk);
    at = chunk.start + chunk.claimed + (chunk.claimed % 2);
  }
  return chunks;
}

/** The chunk whose head stands at an offset. */
export function chunkAt(bytes: Uint8Array, offset: number): Chunk {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const claimed = view.getUint32(offset + 4, true);
  const start = offset + CHUNK_HEAD;
  return { id: lettersAt(bytes, offset), start, end: Math.min(start + claimed, bytes.length), claimed };
}

/** Whether what stands at an offset can be a chunk: four printable letters, and a size that the file has. */
export function isChunkAt(bytes: Uint8Array, offset: number): boolean {
  if (offset + CHUNK_HEAD > bytes.length) return false;
  const { id, start, claimed } = chunkAt(bytes, offset);
  return /^[ -~]{4}$/.test(id) && start + claimed <= bytes.length;
}

function checkHeader(bytes: Uint8Array, file: string): void {
  if (bytes.length === 0) throw noWav("the file is empty", file);
  const [outer, kind] = [lettersAt(bytes, 0), lettersAt(bytes, 8)];
  if (outer === "RIFF" && kind === "WAVE") return;
  if (Object.hasOwn(RELATIVES, outer)) throw noWav(`it is ${RELATIVES[outer]}`, file);
  if (bytes.length < HEADER_SIZE && "RIFF".startsWith(outer.slice(0, bytes.length)))
    throw noWav(`it ends after ${bytes.length} bytes, within its header`, file);
  throw noWav('it does not begin with "RIFF" and "WAVE"', file);
}

/** The error of a file that is no WAV file. */
export const noWav = (
  what: string,
  at: string,
  remedy = "give a WAV file of whole numbers or floats",
): VrnnError => new VrnnError("data/wav", `no WAV file: ${what}`, { at, remedy });

const lettersAt = (bytes: Uint8Array, offset: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + 4));
