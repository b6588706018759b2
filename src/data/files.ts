import { isUtf8 } from "node:buffer";
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { VrnnError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import { type CellReader, cellReader } from "./cells.ts";
import { type Dataset, SPLIT_NAMES, type SplitName } from "./dataset.ts";
import { parseCsv } from "./files-csv.ts";
import { endingOf, PIANO_ROLL, refuseEmpty, TextFormats } from "./formats.ts";
import { buildDataset, type SchemaOptions } from "./schema.ts";
import type { Table } from "./table.ts";

const formats = new TextFormats(parseCsv);

/** No text longer than this fits into one string. */
const MOST_BYTES = 500_000_000;

/**
 * Reads a data set from a file or folder.
 *
 * | what | becomes |
 * |---|---|
 * | `.csv`, `.tsv` | one sequence, a row per step; several with the option `sequence` |
 * | `.jsonl`, `.ndjson` | one object per step, or one object of arrays per sequence |
 * | `.json` | a piano roll: `{"train" \| "valid" \| "test": [sequence: [step: [MIDI pitches]]]}` |
 * | a folder of these | a set of sequences, split by sub-folders `train`, `valid`, `test` or names such as `train-1.csv`; labels (`.incidents.json`) are left aside |
 *
 * All may be compressed (`.gz`). What is not said in the options is inferred; see `SchemaOptions`.
 *
 * @throws VrnnError `data/...` in one line: file, line, column, what is wrong and what to do.
 * @example
 * const data = readDataset("cpu.csv", { kinds: { state: "categorical" }, drop: ["comment"] });
 * data.columns.map(({ name, kind }) => `${name}: ${kind}`); // ["user: real", "state: categorical"]
 */
export function readDataset(path: string, options: SchemaOptions = {}): Dataset {
  if (statusOf(path).isDirectory()) return readFolder(path, cellReader(options.missing), options);
  return formats.dataset(path, () => readText(path), options);
}

function statusOf(path: string) {
  try {
    return statSync(path);
  } catch (cause) {
    throw new VrnnError("data/missing-file", "there is no such file or folder", {
      at: path,
      remedy: missingRemedy(path),
      cause,
    });
  }
}

function missingRemedy(path: string): string {
  const meant = nearest(basename(path), namesIn(dirname(path)));
  return meant === undefined ? "check the path" : `did you mean "${join(dirname(path), meant)}"?`;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const readTables = (path: string, cells: CellReader): Table[] =>
  formats.tables(path, () => readText(path), cells);

/** The text of a file, decompressed when it is gzip; a byte-order mark is left out. */
function readText(path: string): string {
  if (statusOf(path).size > MOST_BYTES) throw tooLarge(path);
  const bytes = readBytes(path);
  const content = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(bytes, path) : bytes;
  refuseBinary(content, path);
  return refuseEmpty(new TextDecoder().decode(content), path);
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const what = `cannot read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new VrnnError("data/unreadable", what, { at: path, remedy: "check the permissions", cause });
  }
}

function gunzip(bytes: Uint8Array, path: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(path);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new VrnnError("data/gzip", `corrupt gzip: ${reason}`, {
      at: path,
      remedy: "fetch or compress the file again",
      cause,
    });
  }
}

function tooLarge(path: string): VrnnError {
  return new VrnnError("data/too-large", `the file holds more than ${MOST_BYTES / 1e6} MB`, {
    at: path,
    remedy: "cut it into several files in a folder",
  });
}

function refuseBinary(bytes: Uint8Array, path: string): void {
  const nul = bytes.indexOf(0);
  if (nul < 0 && isUtf8(bytes)) return;
  const line = nul >= 0 ? lineOf(bytes, nul) : firstInvalidLine(bytes);
  const what = nul >= 0 ? "no text: there is a NUL byte" : "no UTF-8 text: there is an invalid byte";
  throw new VrnnError("data/binary", what, { at: `${path}:${line}`, remedy: "save it as text in UTF-8" });
}

function lineOf(bytes: Uint8Array, offset: number): number {
  return bytes.subarray(0, offset).reduce((line, byte) => (byte === 0x0a ? line + 1 : line), 1);
}

function firstInvalidLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end;
  }
  return line;
}

interface FoundFile {
  readonly path: string;
  readonly split?: SplitName | undefined;
}

function readFolder(folder: string, cells: CellReader, options: SchemaOptions): Dataset {
  const { files, notes } = listFolder(folder);
  const roll = files.find(({ path }) => endingOf(path) === PIANO_ROLL);
  if (roll) {
    throw new VrnnError("data/folder", "a piano roll holds its own splits", {
      at: roll.path,
      remedy: "give the file itself, or take it out of the folder",
    });
  }
  const tables = files.flatMap(({ path, split }) =>
    readTables(path, cells).map((table) => (split === undefined ? table : { ...table, split })),
  );
  const dataset = buildDataset(tables, options, folder);
  return { ...dataset, notes: [...notes, ...dataset.notes] };
}

/** The data files of a folder and its split sub-folders; when some ask for a split, those that do not are left out. */
function listFolder(folder: string): { files: FoundFile[]; notes: string[] } {
  const entries = sortedEntries(folder);
  const found = entries.flatMap((entry) => filesOf(folder, entry));
  const known = found.filter(({ path }) => formats.knows(path));
  const split = known.some((file) => file.split !== undefined);
  const files = known.filter((file) => !split || file.split !== undefined);
  if (files.length === 0) {
    throw new VrnnError("data/empty-folder", "the folder holds no data file", {
      at: folder,
      remedy: `put in files that end in ${formats.names}`,
    });
  }
  const ignored = found.filter((file) => !files.includes(file)).map(({ path }) => `${path} is left out`);
  return { files, notes: ignored };
}

function filesOf(folder: string, entry: Dirent): FoundFile[] {
  const path = join(folder, entry.name);
  const byFolder = SPLIT_NAMES.find((name) => name === entry.name);
  if (entry.isDirectory()) {
    const inside = byFolder === undefined ? [] : sortedEntries(path).filter((file) => !file.isDirectory());
    return inside.map((file) => ({ path: join(path, file.name), split: byFolder }));
  }
  return [{ path, split: SPLIT_NAMES.find((name) => entry.name.startsWith(`${name}-`)) }];
}

/** Labels that stand beside recordings are no sequences. */
export const LABELS_ENDING = ".incidents.json";

const BY_NAME = new Intl.Collator("en", { numeric: true });

function sortedEntries(folder: string): Dirent[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith(".") && !name.endsWith(LABELS_ENDING));
  return visible.sort((a, b) => BY_NAME.compare(a.name, b.name));
}
