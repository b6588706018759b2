/** What a command writes: never what it reads, and only where it can be written. */
import { readdirSync, type Stats, statSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { VrnnError } from "../errors.ts";
import { RunFolder } from "../run/folder.ts";
import { runConfig } from "../run/run-config.ts";
import { placesOf } from "../run/run-fields.ts";
import { requireFilePlace, requireFolderPlace, requireNamePlace } from "../run/writable.ts";
import type { WrittenPath } from "./options.ts";

/**
 * Looks at where a command was told to write, before it begins.
 *
 * @param told what it was told to write
 * @param inputs the files and folders that it was told to read; of a run, its files and its data are meant
 * @throws VrnnError `file/overwrite` when one of them is read, or two are the same; `file/folder`, `file/write`,
 * `file/read-only`, `file/device` for what cannot be written, `file/ending` where a name says another format than is written.
 */
export function checkOutputs(told: readonly WrittenPath[], inputs: readonly string[]): void {
  const written = told.map(asNamed);
  for (const each of written) requirePlace(each);
  refuseOverwriting(written.flatMap(filesWritten), inputs);
  for (const each of written) requireName(each);
}

/**
 * The same of files about to be written: all can be, or none is.
 *
 * @throws VrnnError as `checkOutputs`
 */
export function checkFiles(paths: readonly string[], inputs: readonly string[]): void {
  paths.forEach(requireFilePlace);
  refuseOverwriting(paths, inputs);
}

/** How films are called, which are made in the place of a folder where their name says so. */
const FILMS = [".gif", ".mp4"];

/** An option of a folder that may be a film, which its `ending` says, with what is meant by the path. */
function asNamed(told: WrittenPath): WrittenPath {
  const { path, writes, ending } = told;
  const isFilm = writes === "folder" && ending !== undefined && FILMS.includes(extname(path).toLowerCase());
  return isFilm ? { path, writes: "file" } : told;
}

/** @throws VrnnError `file/ending` for a film's name where a folder is made */
export function refuseFilm(folder: string): void {
  const ending = extname(folder).toLowerCase();
  if (!FILMS.includes(ending) || statOf(folder)?.isDirectory() === true) return;
  throw new VrnnError("file/ending", `a folder is made here, and ${ending} is the ending of a film`, {
    at: folder,
    remedy: `only runs of frames make one; name a folder, such as ${folder.slice(0, -ending.length)}`,
  });
}

function requirePlace({ path, writes }: WrittenPath): void {
  if (writes === "file") requireFilePlace(path);
  else if (writes === "run" || writes === "folder") requireFolderPlace(path);
  else requireNamePlace(path, "model.onnx");
}

/** Endings that say of what format a file is. Others, and none, promise nothing. */
const FORMATS: ReadonlySet<string> = new Set([
  ...[".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".npy", ".npz", ".mid", ".midi"],
  ...[
    ".svg",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".pdf",
    ".html",
    ".wav",
    ".onnx",
    ".safetensors",
    ".gz",
    ".zip",
  ],
]);

/** The ending of any text: it says that there is a file, and not of what format. */
const TEXT = ".txt";

/** The ending of a name that says of what format a file is, if any. */
function formatEnding(path: string): string | undefined {
  const ending = extname(path).toLowerCase();
  return FORMATS.has(ending) ? ending : undefined;
}

/** A name says what is written there, where it says anything. */
function requireName({ path, writes, ending }: WrittenPath): void {
  if (writes === "run" || writes === "folder") refuseFileName(path);
  else if (ending !== undefined) requireEnding(path, ending);
}

/** @throws VrnnError `file/ending` for a name that promises another format than is written */
function requireEnding(path: string, ending: string): void {
  const named = formatEnding(path);
  if (named === undefined || named === ending) return;
  const name = path.slice(0, -named.length);
  throw new VrnnError("file/ending", `what is written here is ${ending}, and the name says ${named}`, {
    at: path,
    remedy: `call it ${name.endsWith(ending) ? name : name + ending}`,
  });
}

/** @throws VrnnError `file/ending` for a folder that would be called like a file */
function refuseFileName(path: string): void {
  const named = formatEnding(path) ?? (path.endsWith(TEXT) ? TEXT : undefined);
  if (named === undefined || statOf(path) !== undefined) return; // what stands there says itself what it is
  throw new VrnnError("file/ending", `a folder is made here, and ${named} is the ending of a file`, {
    at: path,
    remedy: `name a folder, such as ${path.slice(0, -named.length)}`,
  });
}

/** The files that are known beforehand; what a folder is filled with is looked at when it is made. */
function filesWritten({ path, writes }: WrittenPath): readonly string[] {
  if (writes === "file") return [path];
  if (writes === "run") return RunFolder.files(path);
  return writes === "folder" ? [] : writes.names(path);
}

function refuseOverwriting(outputs: readonly string[], inputs: readonly string[]): void {
  const read = new Set(inputs.flatMap(filesRead).map(identity));
  const written = new Set<string>();
  for (const output of outputs) {
    const file = identity(output);
    if (file === undefined) continue; // a device or a folder
    if (read.has(file)) throw overwrites(output, "would be written over, and the command reads it");
    if (written.has(file)) throw overwrites(output, "would be written twice");
    written.add(file);
  }
}

/** The files that an input stands for. */
function filesRead(path: string): readonly string[] {
  if (RunFolder.isRun(path)) return [...RunFolder.files(path), ...dataOf(path).flatMap(filesIn)];
  return filesIn(path);
}

const dataOf = (run: string): readonly string[] => placesOf(RunFolder.open(run, runConfig).config);

const filesIn = (path: string): readonly string[] =>
  statOf(path)?.isDirectory() === true ? readdirSync(path).map((name) => join(path, name)) : [path];

/** What stands at a path, if anything: a text in a path's place (`--prefix`) can be too long to be one. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The same for two names of one file, which need not be there yet; nothing for what is no file. */
function identity(path: string): string | undefined {
  const present = statOf(path);
  if (present === undefined) return resolve(path);
  return present.isFile() ? `${present.dev}:${present.ino}` : undefined;
}

const overwrites = (path: string, what: string): VrnnError =>
  new VrnnError("file/overwrite", `this file ${what}`, { at: path, remedy: "name another file" });
