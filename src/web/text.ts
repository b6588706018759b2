/** Data from text in a browser. */

import { datasetReadersBy, tables } from "../data/archives.ts";
import type { Dataset } from "../data/dataset.ts";
import { Formats, refuseEmpty } from "../data/formats.ts";
import { buildPanel } from "../data/tables/panel.ts";
import type { SchemaOptions } from "../data/tables/schema.ts";

const formats = new Formats(tables, datasetReadersBy(buildPanel), buildPanel);

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
  const source = {
    path: file,
    text: () => refuseEmpty(text.replace(/^\uFEFF/, ""), file),
    bytes: () => new TextEncoder().encode(text),
  };
  return formats.readerOf(file)([source], options, file);
}
