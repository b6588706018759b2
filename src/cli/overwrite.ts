/** What a command writes is never what it reads. */
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { VrnnError } from "../errors.ts";
import { RunFolder } from "../run/folder.ts";
import { runConfig } from "../run/run-config.ts";

/**
 * Looks at the files that a command was told to write, before it begins.
 *
 * @param outputs the files to be written
 * @param inputs the files and folders that it was told to read; of a run, its files and its data are meant
 * @throws VrnnError `file/overwrite` when one of them is read, or two are the same.
 */
export function refuseOverwriting(outputs: readonly string[], inputs: readonly string[]): void {
  const read = new Map(inputs.flatMap(filesOf).map((path) => [identity(path), path]));
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
function filesOf(path: string): readonly string[] {
  if (RunFolder.isRun(path)) return [...RunFolder.files(path), ...filesIn(dataOf(path))];
  return filesIn(path);
}

const dataOf = (run: string): string => RunFolder.open(run, runConfig).config.data.path;

const filesIn = (path: string): readonly string[] =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
    ? readdirSync(path).map((name) => join(path, name))
    : [path];

/** The same for two names of one file, which need not be there yet; nothing for what is no file. */
function identity(path: string): string | undefined {
  const present = statSync(path, { throwIfNoEntry: false });
  if (present === undefined) return resolve(path);
  return present.isFile() ? `${present.dev}:${present.ino}` : undefined;
}

const overwrites = (path: string, what: string): VrnnError =>
  new VrnnError("file/overwrite", `this file ${what}`, { at: path, remedy: "name another file" });
