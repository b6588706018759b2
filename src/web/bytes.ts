/** The bytes of files that a user chose, and the text that they are. */
import { utf16Text } from "../data/encoding.ts";
import { Pieces } from "../data/formats.ts";
import { VrnnError } from "../errors.ts";

/**
 * The bytes of a file, decompressed where its name ends in `.gz`.
 *
 * @throws VrnnError `data/gzip`, and `data/too-large` for what unpacks to more than 500 MB
 */
export async function bytesOf(file: File): Promise<Uint8Array> {
  return /\.gz$/i.test(file.name) ? decompressed(file) : new Uint8Array(await file.arrayBuffer());
}

async function decompressed(file: File): Promise<Uint8Array> {
  const pieces = new Pieces(file.name);
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return pieces.joined();
      pieces.add(value);
    }
  } catch (cause) {
    await reader.cancel().catch(() => undefined);
    if (cause instanceof VrnnError) throw cause;
    throw new VrnnError("data/gzip", "corrupt gzip", {
      at: file.name,
      remedy: "fetch or compress the file again",
      cause,
    });
  }
}

/**
 * The text that bytes are, in UTF-8, or in UTF-16 with a mark, as in Node.
 *
 * @throws VrnnError `data/binary`
 */
export function textOf(bytes: Uint8Array, file: string): string {
  try {
    return utf16Text(bytes, file) ?? new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (cause instanceof VrnnError) throw cause;
    throw new VrnnError("data/binary", "no UTF-8 text: there is an invalid byte", {
      at: file,
      remedy: "save it as text in UTF-8",
      cause,
    });
  }
}
