import { VrnnError } from "../errors.ts";
import { type CellReader, cellReader } from "./cells.ts";
import type { ReadCsv } from "./csv.ts";
import type { Dataset } from "./dataset.ts";
import { parseJson } from "./json-text.ts";
import { parseJsonLines } from "./jsonl.ts";
import { pianoRoll } from "./piano-roll.ts";
import { buildDataset, type SchemaOptions } from "./schema.ts";
import type { Table } from "./table.ts";

type ReadTables = (text: string, file: string, name: string, cells: CellReader) => Table[];

/** The readers of tables, by the end of the file's name (without .gz). */
const tableReaders = (readCsv: ReadCsv): Readonly<Record<string, ReadTables>> => ({
  ".csv": (...source) => [readCsv(...source)],
  ".tsv": (...source) => [readCsv(...source, "\t")],
  ".jsonl": parseJsonLines,
  ".ndjson": parseJsonLines,
});

export const PIANO_ROLL = ".json";

/** The formats of data that is text, told apart by the end of the file's name, wherever the text comes from. */
export class TextFormats {
  private readonly readers: Readonly<Record<string, ReadTables>>;

  constructor(readCsv: ReadCsv) {
    this.readers = tableReaders(readCsv);
  }

  knows(file: string): boolean {
    return endingOf(file) in this.readers || endingOf(file) === PIANO_ROLL;
  }

  /** The formats in words, for messages. */
  get names(): string {
    return `${Object.keys(this.readers).join(", ")} or ${PIANO_ROLL}, each also with .gz`;
  }

  /**
   * The sequences of one file of tables.
   *
   * @throws VrnnError `data/unknown-format` by the name, before the text is asked for.
   */
  tables(file: string, text: () => string, cells: CellReader): Table[] {
    const read = this.readers[endingOf(file)];
    if (read) return read(text(), file, sequenceName(file), cells);
    throw new VrnnError("data/unknown-format", "this kind of file is not known", {
      at: file,
      remedy: `give a file that ends in ${this.names}`,
    });
  }

  /** The data set of one file; see `SchemaOptions` for what is not inferred. */
  dataset(file: string, text: () => string, options: SchemaOptions): Dataset {
    if (endingOf(file) === PIANO_ROLL) return pianoRoll(parseJson(text(), file), file, options);
    return buildDataset(this.tables(file, text, cellReader(options.missing)), options, file);
  }
}

/** The last dotted part of a name without .gz, in lower case. */
export function endingOf(path: string): string {
  const name = basename(path).toLowerCase().replace(/\.gz$/, "");
  return name.slice(name.lastIndexOf("."));
}

function sequenceName(path: string): string {
  return basename(path).replace(/(\.[a-z]+)(\.gz)?$/i, "");
}

const basename = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/**
 * The text, when there is any in it.
 *
 * @throws VrnnError `data/empty-file`
 */
export function refuseEmpty(text: string, file: string): string {
  if (text.trim() !== "") return text;
  throw new VrnnError("data/empty-file", "the file is empty", { at: file, remedy: "write the file anew" });
}
