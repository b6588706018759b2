/** Data from files in a browser. */
import type { Dataset } from "../data/dataset.ts";
import { utf16Text } from "../data/encoding.ts";
import { Formats, refuseEmpty } from "../data/formats.ts";
import { parseCsv } from "../data/tables/csv.ts";
import type { SchemaOptions } from "../data/tables/schema.ts";
import { VrnnError } from "../errors.ts";

const tables = new Formats(parseCsv);

/**
 * A data set from a file that the user chose or dropped: what `datasetFromText` reads, MIDI or `.npz`; it may be
 * compressed (`.gz`). What is no table is read by code that is loaded then.
 *
 * @throws VrnnError as `datasetFromText`, and `data/gzip`.
 */
export async function datasetFromFile(file: File, options: SchemaOptions = {}): Promise<Dataset> {
  const bytes = /\.gz$/i.test(file.name)
    ? await decompressed(file)
    : new Uint8Array(await file.arrayBuffer());
  const text = () => refuseEmpty(utf16Text(bytes, file.name) ?? new TextDecoder().decode(bytes), file.name);
  const source = { path: file.name, text, bytes: () => bytes };
  return (await formatsFor(file.name)).readerOf(file.name)([source], options, file.name);
}

async function formatsFor(path: string): Promise<Formats> {
  if (tables.knows(path)) return tables;
  const { materials } = await import("../data/materials.ts");
  return new Formats(parseCsv, materials);
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
