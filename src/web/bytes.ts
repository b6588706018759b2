/** The bytes of files that a user chose. */
import { VrnnError } from "../errors.ts";

/**
 * The bytes of a file, decompressed where its name ends in `.gz`.
 *
 * @throws VrnnError `data/gzip`
 */
export async function bytesOf(file: File): Promise<Uint8Array> {
  return /\.gz$/i.test(file.name) ? decompressed(file) : new Uint8Array(await file.arrayBuffer());
}

async function decompressed(file: File): Promise<Uint8Array> {
  try {
    const plain = new Response(file.stream().pipeThrough(new DecompressionStream("gzip")));
    return new Uint8Array(await plain.arrayBuffer());
  } catch (cause) {
    throw new VrnnError("data/gzip", "corrupt gzip", {
      at: file.name,
      remedy: "fetch or compress the file again",
      cause,
    });
  }
}
