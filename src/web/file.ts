/** Data from files in a browser. */
import type { Dataset } from "../data/dataset.ts";
import { isDerived } from "../data/derived/derived-column.ts";
import { Formats, refuseEmpty, separatedTables } from "../data/formats.ts";
import type { SchemaOptions } from "../data/tables/schema.ts";
import { bytesOf, textOf } from "./bytes.ts";

const separated = new Formats(separatedTables);

/**
 * A data set from a file that the user chose or dropped: what `datasetFromText` reads, MIDI or `.npz`; it may be
 * compressed (`.gz`). What is no separated values, and what is made of times, needs code that is loaded then.
 *
 * @throws VrnnError as `datasetFromText`, and `data/gzip`, `data/binary`, and `data/too-large` for more than 500 MB.
 */
export async function datasetFromFile(file: File, options: SchemaOptions = {}): Promise<Dataset> {
  const bytes = await bytesOf(file);
  const text = () => refuseEmpty(textOf(bytes, file.name), file.name);
  const source = { path: file.name, text, bytes: () => bytes };
  return (await formatsFor(file.name, options)).readerOf(file.name)([source], options, file.name);
}

async function formatsFor(path: string, options: SchemaOptions): Promise<Formats> {
  if (isMade(options)) return (await import("./archives.ts")).formats;
  if (separated.knows(path)) return separated;
  const { datasetReaders, tables } = await import("./readers.ts");
  const usual = new Formats(tables, datasetReaders);
  return usual.knows(path) ? usual : (await import("./archives.ts")).formats;
}

/** Whether anything is to be made of the tables: other shapes, even steps, covariates. */
const isMade = ({
  series,
  pivot,
  seriesEmbedding,
  calendar,
  holidays,
  every,
  conditions = [],
}: SchemaOptions): boolean =>
  [series, pivot, seriesEmbedding, calendar, holidays, every].some((said) => said !== undefined) ||
  conditions.some(isDerived);
