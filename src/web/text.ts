/** Data from text and files in a browser. */
import * as csvParse from "csv-parse/browser/esm/sync";
import { csvReader } from "../data/csv.ts";
import type { Dataset } from "../data/dataset.ts";
import { refuseEmpty, TextFormats } from "../data/formats.ts";
import type { SchemaOptions } from "../data/schema.ts";
import { VrnnError } from "../errors.ts";

const formats = new TextFormats(csvReader(csvParse));

/**
 * A data set from text: CSV, TSV, JSON Lines or a piano roll, by the end of the file's name. What is not said in the
 * options is inferred; see `SchemaOptions`.
 *
 * @throws VrnnError `data/...` in one line: file, line, column, what is wrong and what to do.
 * @example
 * const data = datasetFromText("cpu,state\n0.25,idle\n0.5,busy\n0.75,idle\n0.5,busy\n", "load.csv");
 * data.columns.map(({ name, kind }) => `${name}: ${kind}`); // ["cpu: real", "state: binary"]
 */
export function datasetFromText(text: string, file: string, options: SchemaOptions = {}): Dataset {
  return formats.dataset(file, () => refuseEmpty(text.replace(/^\uFEFF/, ""), file), options);
}

/**
 * The same from a file that the user chose or dropped; it may be compressed (`.gz`).
 *
 * @throws VrnnError as `datasetFromText`, and `data/gzip`.
 */
export async function datasetFromFile(file: File, options: SchemaOptions = {}): Promise<Dataset> {
  const text = /\.gz$/i.test(file.name) ? await decompressed(file) : await file.text();
  return datasetFromText(text, file.name, options);
}

async function decompressed(file: File): Promise<string> {
  try {
    return await new Response(file.stream().pipeThrough(new DecompressionStream("gzip"))).text();
  } catch (cause) {
    throw new VrnnError("data/gzip", "corrupt gzip", {
      at: file.name,
      remedy: "fetch or compress the file again",
      cause,
    });
  }
}
