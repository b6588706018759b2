import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { VrnnError } from "../errors.ts";
import { counted, listed } from "../words/figures.ts";
import { type Dataset, SPLIT_NAMES, type SplitName } from "./dataset.ts";
import { buildDerived } from "./derived/build.ts";
import { readContent, readText, STDIN, statusOf } from "./files-bytes.ts";
import { Formats, type SourceFile, sequenceName, WHOLE } from "./formats.ts";
import { datasetReaders, tables } from "./materials.ts";
import { looksLikeSplit, splitOfName } from "./split-names.ts";
import type { SchemaOptions } from "./tables/schema.ts";

const formats = new Formats(tables, datasetReaders, buildDerived);

const fileAt = (path: string, split?: SplitName): SourceFile => ({
  path: isStdin(path) ? "stdin" : path,
  split,
  text: () => readText(path),
  bytes: () => readContent(path),
});

/** The file that stands for what comes on stdin; its kind is told by the option `format`. */
const isStdin = (path: string): boolean => path === STDIN;

/**
 * Reads a data set from a file or folder.
 *
 * | what | becomes |
 * |---|---|
 * | `.csv`, `.tsv` | one sequence, a row per step; several with the option `sequence` |
 * | `.jsonl`, `.ndjson` | one object per step, or one object of arrays per sequence |
 * | `.mid`, `.midi` | one sequence, the keys that sound on a grid of `grid` steps to a beat |
 * | `.npz` | drawings: arrays of strokes, as sketch-rnn and QuickDraw keep them |
 * | `.json` | a list of such objects, a piano roll, `{"train" \| "valid" \| "test": [sequence: [step: [MIDI pitches]]]}`, or drawings, `[sequence: [[dx, dy, pen]]]`, also by split |
 * | a folder of these | a set of sequences, split by sub-folders and files whose names are, or begin with, `train`, `valid`, `val`, `validation`, `dev` or `test` in any case (`Train/`, `val.csv`, `test_1.csv`); labels (`.incidents.json`) are left aside |
 *
 * All may be compressed (`.gz`). Files with other names are read as the option `format` says, and so is stdin, whose path is
 * `-`. What is not said in the options is inferred; see `SchemaOptions`.
 *
 * @param path a file or a folder, or several files: these are read as if they stood in a folder of their own.
 * @throws VrnnError `data/...` in one line: file, line, column, what is wrong and what to do.
 * @example
 * const data = readDataset("cpu.csv", { kinds: { state: "categorical" }, drop: ["comment"] });
 * data.columns.map(({ name, kind }) => `${name}: ${kind}`); // ["user: real", "state: categorical"]
 */
export function readDataset(path: string | readonly string[], options: SchemaOptions = {}): Dataset {
  const [first, ...more] = typeof path === "string" ? [path] : path;
  if (first === undefined) throw noFile();
  if (more.length > 0) return readTogether(chosenOf(namedFiles([first, ...more], options)), options, first);
  if (!isStdin(first) && statusOf(first).isDirectory())
    return readTogether(listFolder(first, knownBy(options)), options, first);
  return formats.readerOf(first, options)([fileAt(first)], options, first);
}

/** Files that were chosen to be read, and what is to be told of that. */
interface ChosenFiles {
  readonly files: readonly SourceFile[];
  readonly notes: readonly string[];
}

function readTogether({ files, notes }: ChosenFiles, options: SchemaOptions, source: string): Dataset {
  const whole = files.find(({ path }) => formats.formatOf(path, options) === WHOLE);
  if (whole) {
    throw new VrnnError("data/folder", "a JSON data set holds its own splits", {
      at: whole.path,
      remedy: "give the file itself, or take it out of the folder",
    });
  }
  const read = formats.readerOf(files[0]!.path, options);
  const odd = files.find(({ path }) => formats.readerOf(path, options) !== read);
  if (odd) {
    throw new VrnnError("data/folder", `the file is of another kind than ${files[0]!.path}`, {
      at: odd.path,
      remedy: "keep tables, music and drawings in folders of their own",
    });
  }
  const dataset = read(files, options, source);
  return { ...dataset, notes: [...notes, ...dataset.notes] };
}

/** A file of a folder. */
interface FolderFile extends SourceFile {
  /** The sub-folder that it lies in, which is a split. */
  readonly inside?: string;
}

/** What of a folder is data. */
export interface KnownFiles {
  /** Whether a file is, by its name. */
  knows(path: string): boolean;
  /** The ends of such names in words, for messages. */
  readonly names: string;
}

const knownBy = (options: SchemaOptions): KnownFiles => ({
  knows: (path) => formats.knows(path, options),
  names: formats.names,
});

/** What a folder holds: files of data or others, and sub-folders that are not looked into. */
interface Listing {
  readonly found: readonly FolderFile[];
  readonly skipped: readonly string[];
}

/**
 * The files that were named one by one.
 *
 * @throws VrnnError `data/folder` for a folder among them, or a file that is named twice; `data/unknown-format`
 */
function namedFiles(paths: readonly string[], options: SchemaOptions): FolderFile[] {
  const seen = new Set<string>();
  return paths.map((path) => {
    if (isStdin(path)) throw alone(path, "stdin stands alone", "give the files without it");
    if (statusOf(path).isDirectory())
      throw alone(path, "this is a folder, and several files were named", "give the folder alone");
    const place = realpathSync(path);
    if (seen.has(place)) throw alone(path, "this file was named already", "name it once");
    seen.add(place);
    formats.readerOf(path, options);
    return folderFile(path);
  });
}

const alone = (at: string, what: string, remedy: string): VrnnError =>
  new VrnnError("data/folder", what, { at, remedy });

const noFile = (): VrnnError =>
  new VrnnError("data/missing-file", "no file was named", { remedy: "name a file or a folder" });

/**
 * The data files of a folder and its split sub-folders; where some are to train, those of no split are left out.
 *
 * @throws VrnnError `data/empty-folder`
 */
export function listFolder(folder: string, formats: KnownFiles): ChosenFiles {
  const listings = listingsOf(folder);
  const found = listings.flatMap((listing) => listing.found);
  const skipped = listings
    .flatMap((listing) => listing.skipped)
    .flatMap((path) => skippedNote(path, formats));
  const known = found.filter(({ path }) => formats.knows(path));
  if (known.length === 0) throw emptyFolder(folder, skipped, formats);
  return chosenOf(known, found, skipped);
}

/**
 * Files by what their names say of splits; where some are to train, those of no split are left out.
 *
 * @param found all that were there, those of no known kind too.
 * @param skipped notes of what was not looked into.
 */
function chosenOf(
  known: readonly FolderFile[],
  found: readonly FolderFile[] = known,
  skipped: readonly string[] = [],
): ChosenFiles {
  // A lone test.csv does not say that the files beside it are nothing: they are there to train on.
  const trains = known.some(({ split }) => split === "train");
  const files = known.filter(({ split }) => !trains || split !== undefined);
  const ignored = found.filter((file) => !files.includes(file)).map(({ path }) => path);
  return {
    files,
    notes: [...leftOutNotes(ignored), ...skipped, ...namedNote(files), ...likenessNote(files)],
  };
}

const emptyFolder = (at: string, skipped: readonly string[], formats: KnownFiles): VrnnError =>
  new VrnnError("data/empty-folder", "the folder holds no data file", {
    at,
    remedy:
      skipped.length > 0
        ? "give one of its sub-folders, or call them train, valid and test"
        : `put in files that end in ${formats.names}`,
  });

/** So many files that are left out are named. */
const MOST_NAMED = 5;

function leftOutNotes(paths: readonly string[]): string[] {
  const named = paths.slice(0, MOST_NAMED).map((path) => `${path} is left out`);
  const more = paths.length - named.length;
  return more > 0 ? [...named, `${counted(more, "more file")} left out`] : named;
}

/** Sub-folders are searched for data to tell of so deep. */
const DEEPEST = 3;

/** Says that a sub-folder with data in it is not looked into. */
function skippedNote(folder: string, formats: KnownFiles): string[] {
  const count = dataFilesIn(folder, DEEPEST, formats);
  if (count === 0) return [];
  return [
    `${folder}/ is left out, with ${counted(count, "data file")}: only sub-folders called train, valid or test are looked into`,
  ];
}

function dataFilesIn(folder: string, depth: number, formats: KnownFiles): number {
  return sortedEntries(folder).reduce((count, entry) => {
    const path = join(folder, entry.name);
    if (isFolder(folder, entry)) return count + (depth > 1 ? dataFilesIn(path, depth - 1, formats) : 0);
    return count + (formats.knows(path) ? 1 : 0);
  }, 0);
}

/** Whether some files of a folder and its split sub-folders are known, and none is what `readDataset` reads. */
export function holdsOnly(folder: string, known: KnownFiles): boolean {
  const paths = listingsOf(folder).flatMap(({ found }) => found.map(({ path }) => path));
  return paths.some((path) => known.knows(path)) && !paths.some((path) => formats.knows(path));
}

const listingsOf = (folder: string): Listing[] =>
  sortedEntries(folder).map((entry) => listingOf(folder, entry));

function listingOf(folder: string, entry: Dirent): Listing {
  const path = join(folder, entry.name);
  if (!isFolder(folder, entry)) return { found: [folderFile(path)], skipped: [] };
  const split = splitOfName(entry.name);
  if (split === undefined) return { found: [], skipped: [path] };
  const inside = sortedEntries(path);
  const [folders, files] = [true, false].map((is) => inside.filter((each) => isFolder(path, each) === is));
  return {
    found: files!.map(({ name }) => ({ ...fileAt(join(path, name), split), inside: entry.name })),
    skipped: folders!.map(({ name }) => join(path, name)),
  };
}

/** A file whose name may say its split. */
const folderFile = (path: string): FolderFile => fileAt(path, splitOfName(sequenceName(path)));

/** Whether an entry is a folder, or a link to one. */
function isFolder(folder: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

const VERBS: Readonly<Record<SplitName, string>> = { train: "train", valid: "validate", test: "test" };

/** So many files of a split are named. */
const MOST_OF_SPLIT = 4;

/** Says what became of files and folders that are called after a split. */
function namedNote(files: readonly FolderFile[]): string[] {
  const parts = SPLIT_NAMES.flatMap((split) => splitWords(files, split));
  if (parts.length === 0) return [];
  const others = files.some(({ split }) => split === undefined) ? ["all others train"] : [];
  return [`split by name: ${[...parts, ...others].join(", ")}`];
}

function splitWords(files: readonly FolderFile[], split: SplitName): string[] {
  const own = files.filter((file) => file.split === split);
  const folders = new Set(own.flatMap(({ inside }) => (inside === undefined ? [] : [inside])));
  const names = [
    ...[...folders].map((name) => {
      const count = own.filter(({ inside }) => inside === name).length;
      return `${name}/ (${counted(count, "file")})`;
    }),
    ...own.flatMap(({ path, inside }) => (inside === undefined ? [basename(path)] : [])),
  ];
  if (names.length === 0) return [];
  return [`${listed(names, MOST_OF_SPLIT)} ${VERBS[split]}${names.length === 1 ? "s" : ""}`];
}

/** Says that names which look like those of splits are none, where no file names one. */
function likenessNote(files: readonly FolderFile[]): string[] {
  if (files.some(({ split }) => split !== undefined)) return [];
  const [first, ...more] = files.filter(({ path }) => looksLikeSplit(sequenceName(path)));
  if (first === undefined) return [];
  const who = `${basename(first.path)}${more.length > 0 ? ` and ${more.length} more like it` : ""}`;
  return [`${who}: no split is named so (those are test.csv, test-1.csv or test/), dealt out like any other`];
}

/** Labels that stand beside recordings are no sequences. */
export const LABELS_ENDING = ".incidents.json";

const BY_NAME = new Intl.Collator("en", { numeric: true });

function sortedEntries(folder: string): Dirent[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith(".") && !name.endsWith(LABELS_ENDING));
  return visible.sort((a, b) => BY_NAME.compare(a.name, b.name));
}
