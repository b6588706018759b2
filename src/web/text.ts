/** Data from text and files in a browser. */
import * as csvParse from "csv-parse/browser/esm/sync";
import { csvReader } from "../data/csv.ts";
import type { Dataset } from "../data/dataset.ts";
import { Formats, refuseEmpty, type SourceFile } from "../data/formats.ts";
import type { SchemaOptions } from "../data/schema.ts";
import { VrnnError } from "../errors.ts";

const formats = new Formats(csvReader(csvParse));

/**
 * A data set from text: CSV, TSV, JSON Lines, a piano roll or drawings in JSON, by the end of the file's name. What is not said in the
 * options is inferred; see `SchemaOptions`.
 *
 * @throws VrnnError `data/...` in one line: file, line, column, what is wrong and what to do.
 * @example
 * const data = datasetFromText("cpu,state\n0.25,idle\n0.5,busy\n0.75,idle\n0.5,busy\n", "load.csv");
 * data.columns.map(({ name, kind }) => `${name}: ${kind}`); // ["cpu: real", "state: binary"]
 */
export function datasetFromText(text: string, file: string, options: SchemaOptions = {}): Dataset {
  return datasetOf(
    {
      path: file,
      text: () => refuseEmpty(text.replace(/^\uFEFF/, ""), file),
      bytes: () => new TextEncoder().encode(text),
    },
    options,
  );
}

/**
 * The same from a file that the user chose or dropped, also MIDI or `.npz`; it may be compressed (`.gz`).
 *
 * @throws VrnnError as `datasetFromText`, and `data/gzip`.
 */
export async function datasetFromFile(file: File, options: SchemaOptions = {}): Promise<Dataset> {
  const bytes = /\.gz$/i.test(file.name)
    ? await decompressed(file)
    : new Uint8Array(await file.arrayBuffer());
  const text = () => refuseEmpty(new TextDecoder().decode(bytes), file.name);
  return datasetOf({ path: file.name, text, bytes: () => bytes }, options);
}

const datasetOf = (file: SourceFile, options: SchemaOptions): Dataset =>
  formats.readerOf(file.path)([file], options, file.path);

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
