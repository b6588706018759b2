/** Data from files in a browser. */
import type { Dataset } from "../data/dataset.ts";
import { isDerived } from "../data/derived/derived-column.ts";
import { Formats, refuseEmpty, separatedTables } from "../data/formats.ts";
import type { SchemaOptions } from "../data/tables/schema.ts";
import { parseTexts } from "../data/tables/separated.ts";
import { bytesOf, textOf } from "./bytes.ts";

/** Readers of separated values that every page of tables has. */
const separated = new Formats(separatedTables(parseTexts));

/** For so many bytes it is worth to load what reads numbers faster. */
const LARGE = 1_000_000;

/**
 * A data set from a file that the user chose or dropped: what `datasetFromText` reads, MIDI or `.npz`; it may be
 * compressed (`.gz`). What is no separated values, is large, or is made of times needs code that is loaded then.
 *
 * @throws VrnnError as `datasetFromText`, and `data/gzip`, `data/binary`, and `data/too-large` for more than 500 MB.
 */
export async function datasetFromFile(file: File, options: SchemaOptions = {}): Promise<Dataset> {
  const bytes = await bytesOf(file);
  const text = () => refuseEmpty(textOf(bytes, file.name), file.name);
  const source = { path: file.name, text, bytes: () => bytes };
  return (await formatsFor({ path: file.name, size: bytes.length }, options)).readerOf(file.name)(
    [source],
    options,
    file.name,
  );
}

async function formatsFor(
  { path, size }: { readonly path: string; readonly size: number },
  options: SchemaOptions,
): Promise<Formats> {
  if (isMade(options)) return allFormats();
  if (separated.knows(path) && size < LARGE) return separated;
  const { datasetReaders, tables } = await import("./readers.ts");
  const usual = new Formats(tables, datasetReaders);
  return usual.knows(path) ? usual : allFormats();
}

/** What reads every kind of file, and tables of every shape: two pieces of code, of which each is loaded beside the other. */
async function allFormats(): Promise<Formats> {
  const loading = import("./panels.ts");
  const { formatsBy } = await import("./archives.ts");
  return formatsBy((await loading).buildPanel);
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
