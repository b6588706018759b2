/** The formats of data, told apart by the end of a file's name, wherever its content comes from. */
import { joinedBytes } from "../collections.ts";
import { VrnnError } from "../errors.ts";
import type { Dataset, SplitName } from "./dataset.ts";
import { type FormatName, formatNames } from "./format-names.ts";
import { buildDataset } from "./tables/build.ts";
import { cellsBy, csvOptions } from "./tables/reading.ts";
import type { SchemaOptions } from "./tables/schema.ts";
import type { ReadCsv } from "./tables/separated.ts";
import type { Table } from "./tables/table.ts";

/** No text longer than this fits into one string. */
export const MOST_BYTES = 500_000_000;

/** What arrives in pieces, joined; for files whose size nothing tells, compressed ones and devices. */
export class Pieces {
  private readonly pieces: Uint8Array[] = [];
  private readonly file: string;
  private length = 0;

  constructor(file: string) {
    this.file = file;
  }

  /** @throws VrnnError `data/too-large` when the file holds more than 500 MB */
  add(piece: Uint8Array): void {
    this.length += piece.length;
    if (this.length > MOST_BYTES) throw tooLarge(this.file);
    this.pieces.push(piece);
  }

  joined(): Uint8Array {
    return this.pieces.length === 1 ? this.pieces[0]! : joinedBytes(this.pieces);
  }
}

export const tooLarge = (file: string): VrnnError =>
  new VrnnError("data/too-large", `the file holds more than ${MOST_BYTES / 1e6} MB`, {
    at: file,
    remedy: "cut it into several files in a folder",
  });

/** A file to be read, and the split that its place asks for. Its content is asked for when its format is known. */
export interface SourceFile {
  readonly path: string;
  /** What its sequence is called; its name without folder and ending unless told. */
  readonly name?: string | undefined;
  readonly split?: SplitName | undefined;
  /** @throws VrnnError `data/binary`, `data/empty-file` */
  text(): string;
  bytes(): Uint8Array;
}

/** Makes a data set of files of one kind. */
export type ReadFiles = (files: readonly SourceFile[], options: SchemaOptions, source: string) => Dataset;

/** How a file is read, and what becomes of all that was read. */
interface Kind<Item> {
  readonly read: (file: SourceFile, options: SchemaOptions) => readonly Item[];
  readonly build: (items: readonly Item[], options: SchemaOptions, source: string) => Dataset;
  /** The code of errors for which a file is left out, with a note, as long as another can be read. */
  readonly leavesOut?: string;
}

/** Reads files one by one; the place of a file decides its split, whatever its content says. */
export const together =
  <Item extends { readonly split?: SplitName | undefined }>({
    read,
    build,
    leavesOut,
  }: Kind<Item>): ReadFiles =>
  (files, options, source) => {
    const refused: VrnnError[] = [];
    const itemsOf = (file: SourceFile): readonly Item[] => {
      try {
        return read(file, options);
      } catch (error) {
        if (!(error instanceof VrnnError) || error.code !== leavesOut) throw error;
        refused.push(error);
        return [];
      }
    };
    const items = files.flatMap((file) =>
      itemsOf(file).map((item) => (file.split === undefined ? item : { ...item, split: file.split })),
    );
    if (refused.length === files.length && refused[0] !== undefined) throw refused[0];
    const dataset = build(items, options, source);
    return refused.length === 0
      ? dataset
      : { ...dataset, notes: [...refusedNotes(refused), ...dataset.notes] };
  };

const MOST_TOLD = 10;

function refusedNotes(refused: readonly VrnnError[]): string[] {
  const told = refused.slice(0, MOST_TOLD).map(({ message }) => `left out: ${message}`);
  const more = refused.length - told.length;
  return more > 0 ? [...told, `${more} more files that cannot be read are left out`] : told;
}

/** Reads the tables of a file. */
export type ReadTables = (file: SourceFile, options: SchemaOptions) => readonly Table[];

/** What reads the tables of a file, by the end of its name without .gz. */
export type TableReaders = Readonly<Record<string, ReadTables>>;

export const separatedBy =
  (parse: ReadCsv, delimiter?: string): ReadTables =>
  (file, options) => [
    parse(file.text(), file.path, nameOfFile(file), cellsBy(options), delimiter, csvOptions(options)),
  ];

/** Readers of separated values. */
export const separatedTables = (parse: ReadCsv): TableReaders => ({
  ".csv": separatedBy(parse),
  ".tsv": separatedBy(parse, "\t"),
});

/** What makes a data set of tables. */
export type BuildTables = (tables: readonly Table[], options: SchemaOptions, source: string) => Dataset;

/** Holds its own splits, and stands for itself. */
export const WHOLE = ".json";

/** What reads a file, by the end of its name without .gz. */
export type Readers = Readonly<Record<string, ReadFiles>>;

/** Tables, which may stand in one folder as long as the columns agree, and what else is known (`materials.ts`). */
export class Formats {
  private readonly readers: Readers;

  /** @param build makes a data set of tables; of those in which rows are steps, as they are, unless told */
  constructor(byEnding: TableReaders, others: Readers = {}, build: BuildTables = buildDataset) {
    const tables = together<Table>({
      read: (file, options) => byEnding[this.formatOf(file.path, options)]!(file, options),
      build,
    });
    this.readers = {
      ...Object.fromEntries(Object.keys(byEnding).map((ending) => [ending, tables])),
      ...others,
    };
  }

  /** The ending that a file is read by: what is said of its kind, else that of its name. */
  formatOf(path: string, { format }: Pick<SchemaOptions, "format"> = {}): string {
    return format === undefined ? endingOf(path) : `.${format}`;
  }

  knows(path: string, options?: Pick<SchemaOptions, "format">): boolean {
    return Object.hasOwn(this.readers, this.formatOf(path, options));
  }

  /** The formats in words, for messages. */
  get names(): string {
    const endings = Object.keys(this.readers).filter((ending) => ending !== WHOLE);
    return `${endings.join(", ")} or ${WHOLE}, each also with .gz`;
  }

  /** @throws VrnnError `data/unknown-format` */
  readerOf(path: string, options?: Pick<SchemaOptions, "format">): ReadFiles {
    if (this.knows(path, options)) return this.readers[this.formatOf(path, options)]!;
    throw new VrnnError("data/unknown-format", "this kind of file is not known", {
      at: path,
      remedy: `give a file that ends in ${this.names}, or say what it is with the option format: ${formatNames.join(", ")}`,
    });
  }
}

/** The last dotted part of a name without .gz, in lower case. */
export function endingOf(path: string): string {
  const name = basename(path).toLowerCase().replace(/\.gz$/, "");
  return name.slice(name.lastIndexOf("."));
}

/** Kinds of files by the other ends of their names. */
const OTHER_ENDINGS: Readonly<Record<string, FormatName>> = { ".ndjson": "jsonl", ".mid": "midi" };

/** The kind of a file by the end of its name; undefined where that tells none. */
export function formatOfName(path: string): FormatName | undefined {
  const ending = endingOf(path);
  return OTHER_ENDINGS[ending] ?? formatNames.find((name) => `.${name}` === ending);
}

/** What the sequence of a file is called. */
export const nameOfFile = ({ name, path }: Pick<SourceFile, "name" | "path">): string =>
  name ?? sequenceName(path);

/** What a sequence is called that a file holds: its name without folder and ending. */
export function sequenceName(path: string): string {
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
