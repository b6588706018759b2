/** Files that are read in pieces: in Node from disk, in a browser from a `Blob`. */
import { VrnnError } from "../errors.ts";

/** A file of any size, read where one likes. */
export interface ByteFile {
  /** What it is called in messages. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** The bytes from an offset on: `length` of them, fewer at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Gives it back. */
  close(): Promise<void>;
}

/** A line without its end, and where it stands. */
export interface PlacedLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Of its first byte. */
  readonly offset: number;
  /** Its length, with what ends it. */
  readonly bytes: number;
}

const NEWLINE = 10;
const CHUNK = 2 ** 20;
/** The most bytes of a line: a longer one is parsed as a whole, and would have to fit into memory several times. */
const LONGEST = 64 * 2 ** 20;

/**
 * The lines of a file, some megabytes at a time; a byte-order mark is left out.
 *
 * @param chunkSize how many bytes are read at once
 * @throws VrnnError `data/binary` for what is no UTF-8, `data/too-large` for a line of more than 64 MiB.
 */
export async function* placedLines(file: ByteFile, chunkSize = CHUNK): AsyncGenerator<readonly PlacedLine[]> {
  let rest: Uint8Array = new Uint8Array();
  let [offset, number] = [0, 1]; // of what is left over
  for (let position = 0; position < file.size; ) {
    const chunk = await file.read(position, Math.min(chunkSize, file.size - position));
    if (chunk.length === 0) throw cutShort(file);
    position += chunk.length;
    const bytes = joined(rest, chunk);
    const end = position < file.size ? bytes.lastIndexOf(NEWLINE) + 1 : bytes.length;
    if (bytes.length - end > LONGEST) throw tooLong(file, number);
    const lines = linesIn(bytes.subarray(0, end), { file, offset, number });
    if (lines.length > 0) yield lines;
    [rest, offset, number] = [bytes.slice(end), offset + end, number + lines.length];
  }
}

/** The lines of whole bytes that begin with a line. */
export function linesIn(
  bytes: Uint8Array,
  { file, offset, number }: { readonly file: ByteFile; readonly offset: number; readonly number: number },
): PlacedLine[] {
  if (bytes.length === 0) return [];
  const texts = textOf(bytes, file, number).split("\n");
  if (bytes[bytes.length - 1] === NEWLINE) texts.pop();
  let start = 0;
  return texts.map((text, i) => {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const line = { number: number + i, text, offset: offset + start, bytes: end - start };
    start = end;
    return line;
  });
}

/** The text of some lines. @param line the number of the first @throws VrnnError `data/binary` */
export function textOf(bytes: Uint8Array, file: ByteFile, line: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const last = bytes.lastIndexOf(NEWLINE, bytes.length - 2);
    if (last < 0) throw noText(file, line, cause);
    // Halve what is looked at until the line is found: the first half ends with a line.
    const middle = bytes.indexOf(NEWLINE, Math.min(bytes.length >> 1, last)) + 1;
    const first = textOf(bytes.subarray(0, middle), file, line);
    return first + textOf(bytes.subarray(middle), file, line + first.split("\n").length - 1);
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

const noText = (file: ByteFile, line: number, cause: unknown): VrnnError =>
  new VrnnError("data/binary", "no UTF-8 text: there is an invalid byte", {
    at: `${file.path}:${line}`,
    remedy: "save it as text in UTF-8",
    cause,
  });

const cutShort = ({ path }: ByteFile): VrnnError =>
  new VrnnError("data/unreadable", "the file became shorter while it was read", {
    at: path,
    remedy: "wait until it is written",
  });

const tooLong = ({ path }: ByteFile, line: number): VrnnError =>
  new VrnnError("data/too-large", `the line is longer than ${LONGEST / 2 ** 20} MiB`, {
    at: `${path}:${line}`,
    remedy: "write a long sequence as one step per line",
  });
