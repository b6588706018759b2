import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { VrnnError } from "../errors.ts";
import { type Dataset, SPLIT_NAMES, type SplitName } from "./dataset.ts";
import { readContent, readText, STDIN, statusOf } from "./files-bytes.ts";
import { parseCsv } from "./files-csv.ts";
import { Formats, type SourceFile, sequenceName, WHOLE } from "./formats.ts";
import { materials } from "./materials.ts";
import { looksLikeSplit, splitBegun, splitCalled } from "./split-names.ts";
import type { SchemaOptions } from "./tables/schema.ts";

const formats = new Formats(parseCsv, materials);

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
 * | a folder of these | a set of sequences, split by sub-folders `train`, `valid`, `test`, files `train.csv`, `val.csv`, `test.csv` or names such as `train-1.csv`; labels (`.incidents.json`) are left aside |
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
    return readTogether(listFolder(first, options), options, first);
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

/** A file of a folder; `named` when it is a whole split by its name. */
interface FolderFile extends SourceFile {
  readonly named?: boolean;
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

/** The data files of a folder and its split sub-folders. */
function listFolder(folder: string, options: SchemaOptions): ChosenFiles {
  const found = sortedEntries(folder).flatMap((entry) => filesOf(folder, entry));
  const known = found.filter(({ path }) => formats.knows(path, options));
  if (known.length === 0) {
    throw new VrnnError("data/empty-folder", "the folder holds no data file", {
      at: folder,
      remedy: `put in files that end in ${formats.names}`,
    });
  }
  return chosenOf(known, found);
}

/**
 * Files by what their names say of splits; when some ask for a split, those that do not are left out.
 *
 * @param found all that were there, those of no known kind too.
 */
function chosenOf(known: readonly FolderFile[], found: readonly FolderFile[] = known): ChosenFiles {
  // A lone test.csv does not say that the files beside it are nothing: they are there to train on.
  const split = known.some((file) => file.split !== undefined && (file.split === "train" || !file.named));
  const files = known.filter((file) => !split || file.split !== undefined);
  const ignored = found.filter((file) => !files.includes(file)).map(({ path }) => `${path} is left out`);
  return { files, notes: [...ignored, ...namedNote(files), ...likenessNote(files)] };
}

function filesOf(folder: string, entry: Dirent): FolderFile[] {
  const path = join(folder, entry.name);
  if (isFolder(folder, entry)) {
    const split = splitCalled(entry.name);
    const inside = split === undefined ? [] : sortedEntries(path).filter((file) => !isFolder(path, file));
    return inside.map((file) => fileAt(join(path, file.name), split));
  }
  return [folderFile(path)];
}

/** Links to folders are folders. */
const isFolder = (folder: string, entry: Dirent): boolean =>
  entry.isDirectory() ||
  (entry.isSymbolicLink() &&
    statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() === true);

/** A file whose name may say its split. */
function folderFile(path: string): FolderFile {
  const name = sequenceName(path);
  const called = splitCalled(name);
  return { ...fileAt(path, called ?? splitBegun(name)), named: called !== undefined };
}

const VERBS: Readonly<Record<SplitName, string>> = { train: "trains", valid: "validates", test: "tests" };

/** Says what became of files that are called after a split. */
function namedNote(files: readonly FolderFile[]): string[] {
  const named = SPLIT_NAMES.flatMap((split) => files.filter((file) => file.named && file.split === split));
  if (named.length === 0) return [];
  const parts = named.map(({ path, split }) => `${basename(path)} ${VERBS[split!]}`);
  const others = files.some(({ split }) => split === undefined) ? ["all others train"] : [];
  return [`split by name: ${[...parts, ...others].join(", ")}`];
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
