import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { VrnnError } from "../errors.ts";
import { counted, listed } from "../words/figures.ts";
import { datasetReadersBy, tables } from "./archives.ts";
import { byName } from "./by-name.ts";
import { type Dataset, SPLIT_NAMES, type SplitName } from "./dataset.ts";
import { readContent, readText, STDIN, statusOf } from "./files-bytes.ts";
import { parquetTable } from "./files-parquet.ts";
import { filesMatching, isPattern } from "./files-patterns.ts";
import { endingOf, Formats, type SourceFile, sequenceName, WHOLE } from "./formats.ts";
import { looksLikeSplit, splitAtEnd, splitOfName } from "./split-names.ts";
import { looksLikeTable, looseTable } from "./tables/loose.ts";
import { buildPanel } from "./tables/panel.ts";
import type { SchemaOptions } from "./tables/schema.ts";

/** Formats that are read in Node beside those of pages. */
const formats = new Formats(
  { ...tables, ".parquet": parquetTable, ".txt": looseTable },
  datasetReadersBy(buildPanel),
  buildPanel,
);

const fileAt = (path: string, split?: SplitName, name?: string): SourceFile => ({
  path: isStdin(path) ? "stdin" : path,
  name,
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
 * | `.npy` | a sequence of `[T]` or `[T, D]`, N sequences of `[N, T, D]`, in the columns m0, m1 ... |
 * | `.npz` | arrays as those, each a sequence of its name, or columns of one sequence where all have one axis and length; drawings: arrays of strokes, as sketch-rnn and QuickDraw keep them |
 * | `.parquet` | one sequence, a row per step; several with the option `sequence` |
 * | `.ts`, `_TRAIN.tsv`, `_TRAIN.txt` | a sequence a series, as the archives of UEA and UCR have them, with its `class` |
 * | `.txt` | a table, where it looks like one |
 * | `.json` | a list of such objects, a piano roll, `{"train" \| "valid" \| "test": [sequence: [step: [MIDI pitches]]]}`, or drawings, `[sequence: [[dx, dy, pen]]]`, also by split |
 * | a folder of these | a set of sequences, split by sub-folders and files whose names are, or begin with, `train`, `valid`, `val`, `validation`, `dev` or `test` in any case (`Train/`, `val.csv`, `test_1.csv`); labels (`.incidents.json`) are left aside |
 * | a pattern: `data/*.csv`, `runs/**` | the files that it matches |
 *
 * A folder in which no data lie is one of those that lie below it, in sequences that are called by their places in it.
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
  const named = typeof path === "string" ? [path] : path;
  const [first] = named;
  if (first === undefined) throw noFile();
  if (named.length > 1 || isPattern(first)) {
    const files = named.flatMap((each) => (isPattern(each) ? filesMatching(each) : [each]));
    return readTogether(chosenOf(namedFiles(files, options)), options, first);
  }
  if (!isStdin(first) && statusOf(first).isDirectory())
    return readTogether(listFolder(first, knownIn(first, options)), options, first);
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

/**
 * What is data in a folder. A text beside data tells of them; where there are texts alone, those are data that look like tables.
 */
function knownIn(folder: string, options: SchemaOptions): KnownFiles {
  const isText = (path: string) => options.format === undefined && endingOf(path) === ".txt";
  const usual = (path: string) => formats.knows(path, options) && !isText(path);
  const known = pathsIn(folder).some(usual)
    ? usual
    : (path: string) => isText(path) && looksLikeTable(readText(path));
  return { knows: known, names: formats.names };
}

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
  const names = namesWithin(commonFolder(paths), paths);
  return paths.map((path, i) => {
    if (isStdin(path)) throw alone(path, "stdin stands alone", "give the files without it");
    if (statusOf(path).isDirectory())
      throw alone(path, "this is a folder, and several files were named", "give the folder alone");
    const place = realpathSync(path);
    if (seen.has(place)) throw alone(path, "this file was named already", "name it once");
    seen.add(place);
    formats.readerOf(path, options);
    return folderFile(path, names[i]);
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
  const { found, skipped } = filesIn(folder, formats);
  const known = found.filter(({ path }) => formats.knows(path));
  if (known.length === 0) throw emptyFolder(folder, formats);
  return chosenOf(
    known,
    found,
    skipped.flatMap((path) => skippedNote(path, formats)),
  );
}

/** What a folder holds; where no data lie in it or its splits, what the folders below it hold. */
function filesIn(folder: string, formats: KnownFiles): Listing {
  const { found, skipped } = listingsOf(folder);
  if (skipped.length === 0 || found.some(({ path }) => formats.knows(path))) return { found, skipped };
  const below = skipped.flatMap((inside) => filesBelow(inside));
  const names = namesWithin(folder, below);
  return { found: [...found, ...below.map((path, i) => folderFile(path, names[i]))], skipped: [] };
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
  const named = known.some(({ split }) => split !== undefined) ? known : inPairs(known);
  // A lone test.csv does not say that the files beside it are nothing: they are there to train on.
  const trains = named.some(({ split }) => split === "train");
  const files = named.filter(({ split }) => !trains || split !== undefined);
  const taken = new Set(files.map(({ path }) => path));
  const ignored = found.map(({ path }) => path).filter((path) => !taken.has(path));
  return {
    files,
    notes: [...leftOutNotes(ignored), ...skipped, ...namedNote(files), ...likenessNote(files)],
  };
}

/** Files of which pairs are called `x_TRAIN` and `x_TEST`, by these endings of their names. */
function inPairs(files: readonly FolderFile[]): readonly FolderFile[] {
  const parts = files.map(({ path }) => splitAtEnd(sequenceName(path)));
  const stems = (wanted: SplitName) =>
    new Set(parts.flatMap((part) => (part?.split === wanted ? [part.stem] : [])));
  const [train, test] = [stems("train"), stems("test")];
  const isPaired = (stem: string) => train.has(stem) && test.has(stem);
  return files.map((file, i) => {
    const part = parts[i];
    return part !== undefined && isPaired(part.stem) ? { ...file, split: part.split } : file;
  });
}

const emptyFolder = (at: string, formats: KnownFiles): VrnnError =>
  new VrnnError("data/empty-folder", "the folder holds no data file", {
    at,
    remedy: `put in files that end in ${formats.names}`,
  });

/** So many files that are left out are named. */
const MOST_NAMED = 5;

function leftOutNotes(paths: readonly string[]): string[] {
  const named = paths.slice(0, MOST_NAMED).map((path) => `${path} is left out`);
  const more = paths.length - named.length;
  return more > 0 ? [...named, `${counted(more, "more file")} left out`] : named;
}

/** Says that a sub-folder with data in it is not looked into. */
function skippedNote(folder: string, formats: KnownFiles): string[] {
  const count = filesBelow(folder).filter((path) => formats.knows(path)).length;
  if (count === 0) return [];
  return [
    `${folder}/ is left out, with ${counted(count, "data file")}: beside data only sub-folders called train, valid or test are looked into (the pattern "${dirname(folder)}/**" names all)`,
  ];
}

/** Folders are searched so deep. */
const DEEPEST = 12;

/** All files below a folder. */
function filesBelow(folder: string, depth = DEEPEST): string[] {
  return sortedEntries(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!isFolder(folder, entry)) return [path];
    return depth > 1 ? filesBelow(path, depth - 1) : [];
  });
}

/** Where data are looked for in a folder: all files in it and in the folders below. */
export const pathsIn = (folder: string): readonly string[] => filesBelow(folder);

/** Whether a file is read as tables, music or drawings, by its name; a text beside data tells of them. */
export const isData = (path: string): boolean => formats.knows(path) && endingOf(path) !== ".txt";

/** Whether some files of a folder and of those below are known, and none is other data. */
export function holdsOnly(folder: string, known: KnownFiles): boolean {
  const data = pathsIn(folder).filter(isData);
  return data.length > 0 && data.every((path) => known.knows(path));
}

function listingsOf(folder: string): Listing {
  const listings = sortedEntries(folder).map((entry) => listingOf(folder, entry));
  return {
    found: listings.flatMap(({ found }) => found),
    skipped: listings.flatMap(({ skipped }) => skipped),
  };
}

function listingOf(folder: string, entry: Dirent): Listing {
  const path = join(folder, entry.name);
  if (!isFolder(folder, entry)) return { found: [folderFile(path)], skipped: [] };
  const split = splitOfName(entry.name);
  if (split === undefined) return { found: [], skipped: [path] };
  const inside = sortedEntries(path);
  const folders = inside.filter((each) => isFolder(path, each));
  const placed = (files: readonly string[]) => {
    const names = namesWithin(path, files);
    return files.map((file, i) => ({ ...fileAt(file, split, names[i]), inside: entry.name }));
  };
  if (folders.length === inside.length) return { found: placed(filesBelow(path)), skipped: [] };
  const files = inside.filter((each) => !folders.includes(each));
  return {
    found: placed(files.map(({ name }) => join(path, name))),
    skipped: folders.map(({ name }) => join(path, name)),
  };
}

/** What files are called within a folder: their places in it, without endings. */
const namesWithin = (folder: string, paths: readonly string[]): string[] =>
  paths.map((path) => join(dirname(relative(folder, path)), sequenceName(path)).replaceAll("\\", "/"));

/** The folder that all files lie below. */
function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => dirname(path).split("/"));
  const shared = first.findIndex((part, i) => others.some((other) => other[i] !== part));
  return (shared < 0 ? first : first.slice(0, shared)).join("/");
}

/** A file whose name may say its split. */
const folderFile = (path: string, name?: string): FolderFile =>
  fileAt(path, splitOfName(sequenceName(path)), name);

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

function sortedEntries(folder: string): Dirent[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith(".") && !name.endsWith(LABELS_ENDING));
  return visible.sort((a, b) => byName(a.name, b.name));
}
