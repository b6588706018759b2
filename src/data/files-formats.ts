import { basename } from "node:path";
import { VrnnError } from "../errors.ts";
import { cellReader } from "./cells.ts";
import type { Dataset, SplitName } from "./dataset.ts";
import { readContent, readText } from "./files-bytes.ts";
import { parseCsv } from "./files-csv.ts";
import { parseJson } from "./json-text.ts";
import { parseJsonLines } from "./jsonl.ts";
import { midiDataset, parseMidiRoll } from "./midi.ts";
import { readNpz } from "./npz.ts";
import { pianoRoll } from "./piano-roll.ts";
import { buildDataset, type SchemaOptions } from "./schema.ts";
import { drawingsOfArrays, drawingsOfJson, isStrokesJson, strokeDataset } from "./strokes.ts";
import type { Table } from "./table.ts";

/** A file to be read, and the split that its place asks for. */
export interface FoundFile {
  readonly path: string;
  readonly split?: SplitName | undefined;
}

/** Makes a data set of files of one format. */
type ReadFiles = (files: readonly FoundFile[], options: SchemaOptions, source: string) => Dataset;

/** How a file is read, and what becomes of all that was read. */
interface Format<Item> {
  readonly read: (path: string, options: SchemaOptions) => readonly Item[];
  readonly build: (items: readonly Item[], options: SchemaOptions, source: string) => Dataset;
}

/** Reads files one by one; the place of a file decides its split, whatever its content says. */
const together =
  <Item extends { readonly split?: SplitName | undefined }>({ read, build }: Format<Item>): ReadFiles =>
  (files, options, source) => {
    const items = files.flatMap(({ path, split }) =>
      read(path, options).map((item) => (split === undefined ? item : { ...item, split })),
    );
    return build(items, options, source);
  };

const tables = together<Table>({
  read: (path, { missing }) => TABLES[endingOf(path)]!(readText(path), path, sequenceName(path), missing),
  build: buildDataset,
});

type ReadTables = (text: string, file: string, name: string, missing?: readonly string[]) => Table[];

/** The readers of tables, which may stand in one folder as long as the columns agree. */
const TABLES: Readonly<Record<string, ReadTables>> = {
  ".csv": (text, file, name, missing) => [parseCsv(text, file, name, cellReader(missing))],
  ".tsv": (text, file, name, missing) => [parseCsv(text, file, name, cellReader(missing), "\t")],
  ".jsonl": (text, file, name, missing) => parseJsonLines(text, file, name, cellReader(missing)),
  ".ndjson": (text, file, name, missing) => parseJsonLines(text, file, name, cellReader(missing)),
};

const midi = together({
  read: (path, { grid }) => [parseMidiRoll(readContent(path), path, sequenceName(path), grid)],
  build: midiDataset,
});

const arrays = together({
  read: (path) => drawingsOfArrays(readNpz(readContent(path), path), path),
  build: strokeDataset,
});

/** JSON is music or drawings, as its content says. */
const json: ReadFiles = ([file], options, source) => {
  const content = parseJson(readText(file!.path), source);
  return isStrokesJson(content)
    ? strokeDataset(drawingsOfJson(content, source), options, source)
    : pianoRoll(content, source, options);
};

/** Holds its own splits, and stands for itself. */
export const WHOLE = ".json";

/** What reads a file, by the end of its name without .gz. */
const READERS: Readonly<Record<string, ReadFiles>> = {
  ...Object.fromEntries(Object.keys(TABLES).map((ending) => [ending, tables])),
  ".mid": midi,
  ".midi": midi,
  ".npz": arrays,
  [WHOLE]: json,
};

const endings = Object.keys(READERS).filter((ending) => ending !== WHOLE);
export const KNOWN_ENDINGS = `${endings.join(", ")} or ${WHOLE}, each also with .gz`;

export const isKnown = (path: string): boolean => Object.hasOwn(READERS, endingOf(path));

/** @throws VrnnError `data/unknown-format` */
export function readerOf(path: string): ReadFiles {
  if (isKnown(path)) return READERS[endingOf(path)]!;
  throw new VrnnError("data/unknown-format", "this kind of file is not known", {
    at: path,
    remedy: `give a file that ends in ${KNOWN_ENDINGS}`,
  });
}

/** The last dotted part of a name without .gz, in lower case. */
export function endingOf(path: string): string {
  const name = basename(path).toLowerCase().replace(/\.gz$/, "");
  return name.slice(name.lastIndexOf("."));
}

function sequenceName(path: string): string {
  return basename(path).replace(/(\.[a-z]+)(\.gz)?$/i, "");
}
