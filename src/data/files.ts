import { type Dirent, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { VrnnError } from "../errors.ts";
import { type Dataset, SPLIT_NAMES, type SplitName } from "./dataset.ts";
import { readContent, readText, statusOf } from "./files-bytes.ts";
import { endingOf, Formats, type SourceFile, sequenceName, WHOLE } from "./formats.ts";
import { materials, tables } from "./materials.ts";
import { looksLikeSplit, splitBegun, splitCalled } from "./split-names.ts";
import type { SchemaOptions } from "./tables/schema.ts";

const formats = new Formats(tables, materials);

const fileAt = (path: string, split?: SplitName): SourceFile => ({
  path,
  split,
  text: () => readText(path),
  bytes: () => readContent(path),
});

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
 * All may be compressed (`.gz`). What is not said in the options is inferred; see `SchemaOptions`.
 *
 * @throws VrnnError `data/...` in one line: file, line, column, what is wrong and what to do.
 * @example
 * const data = readDataset("cpu.csv", { kinds: { state: "categorical" }, drop: ["comment"] });
 * data.columns.map(({ name, kind }) => `${name}: ${kind}`); // ["user: real", "state: categorical"]
 */
export function readDataset(path: string, options: SchemaOptions = {}): Dataset {
  if (statusOf(path).isDirectory()) return readFolder(path, options);
  return formats.readerOf(path)([fileAt(path)], options, path);
}

function readFolder(folder: string, options: SchemaOptions): Dataset {
  const { files, notes } = listFolder(folder, formats);
  const whole = files.find(({ path }) => endingOf(path) === WHOLE);
  if (whole) {
    throw new VrnnError("data/folder", "a JSON data set holds its own splits", {
      at: whole.path,
      remedy: "give the file itself, or take it out of the folder",
    });
  }
  const read = formats.readerOf(files[0]!.path);
  const odd = files.find(({ path }) => formats.readerOf(path) !== read);
  if (odd) {
    throw new VrnnError("data/folder", `the file is of another kind than ${files[0]!.path}`, {
      at: odd.path,
      remedy: "keep tables, music and drawings in folders of their own",
    });
  }
  const dataset = read(files, options, folder);
  return { ...dataset, notes: [...notes, ...dataset.notes] };
}

/** A file of a folder; `named` when it is a whole split by its name. */
interface FolderFile extends SourceFile {
  readonly named?: boolean;
}

/** What of a folder is data. */
export interface KnownFiles {
  /** Whether a file is, by its name. */
  knows(path: string): boolean;
  /** The ends of such names in words, for messages. */
  readonly names: string;
}

/**
 * The data files of a folder and its split sub-folders; when some ask for a split, those that do not are left out.
 *
 * @throws VrnnError `data/empty-folder`
 */
export function listFolder(
  folder: string,
  formats: KnownFiles,
): { readonly files: readonly SourceFile[]; readonly notes: readonly string[] } {
  const found = filesIn(folder);
  const known = found.filter(({ path }) => formats.knows(path));
  // A lone test.csv does not say that the files beside it are nothing: they are there to train on.
  const split = known.some((file) => file.split !== undefined && (file.split === "train" || !file.named));
  const files = known.filter((file) => !split || file.split !== undefined);
  if (files.length === 0) {
    throw new VrnnError("data/empty-folder", "the folder holds no data file", {
      at: folder,
      remedy: `put in files that end in ${formats.names}`,
    });
  }
  const ignored = found.filter((file) => !files.includes(file)).map(({ path }) => `${path} is left out`);
  return { files, notes: [...ignored, ...namedNote(files), ...likenessNote(files)] };
}

/** Whether some files of a folder and its split sub-folders are known, and none is what `readDataset` reads. */
export function holdsOnly(folder: string, known: KnownFiles): boolean {
  const paths = filesIn(folder).map(({ path }) => path);
  return paths.some((path) => known.knows(path)) && !paths.some((path) => formats.knows(path));
}

const filesIn = (folder: string): FolderFile[] =>
  sortedEntries(folder).flatMap((entry) => filesOf(folder, entry));

function filesOf(folder: string, entry: Dirent): FolderFile[] {
  const path = join(folder, entry.name);
  if (entry.isDirectory()) {
    const split = splitCalled(entry.name);
    const inside = split === undefined ? [] : sortedEntries(path).filter((file) => !file.isDirectory());
    return inside.map((file) => fileAt(join(path, file.name), split));
  }
  const name = sequenceName(entry.name);
  const called = splitCalled(name);
  return [{ ...fileAt(path, called ?? splitBegun(name)), named: called !== undefined }];
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
