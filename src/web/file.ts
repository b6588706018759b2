/** Data from files in a browser. */
import * as csvParse from "csv-parse/browser/esm/sync";
import type { Dataset } from "../data/dataset.ts";
import { utf16Text } from "../data/encoding.ts";
import { Formats, Pieces, refuseEmpty } from "../data/formats.ts";
import { csvReader } from "../data/tables/csv.ts";
import type { SchemaOptions } from "../data/tables/schema.ts";
import { VrnnError } from "../errors.ts";

const readCsv = csvReader(csvParse);
const tables = new Formats(readCsv);

/**
 * A data set from a file that the user chose or dropped: what `datasetFromText` reads, MIDI or `.npz`; it may be
 * compressed (`.gz`). What is no table is read by code that is loaded then.
 *
 * @throws VrnnError as `datasetFromText`, and `data/gzip`, `data/binary`, and `data/too-large` for more than 500 MB.
 */
export async function datasetFromFile(file: File, options: SchemaOptions = {}): Promise<Dataset> {
  const bytes = /\.gz$/i.test(file.name)
    ? await decompressed(file)
    : new Uint8Array(await file.arrayBuffer());
  const text = () => refuseEmpty(utf16Text(bytes, file.name) ?? decoded(bytes, file.name), file.name);
  const source = { path: file.name, text, bytes: () => bytes };
  return (await formatsFor(file.name)).readerOf(file.name)([source], options, file.name);
}

async function formatsFor(path: string): Promise<Formats> {
  if (tables.knows(path)) return tables;
  const { materials } = await import("../data/materials.ts");
  return new Formats(readCsv, materials);
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

/** @throws VrnnError `data/binary` for what is no text in UTF-8, as in Node */
function decoded(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new VrnnError("data/binary", "no UTF-8 text: there is an invalid byte", {
      at: file,
      remedy: "save it as text in UTF-8",
      cause,
    });
  }
}
