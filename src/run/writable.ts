/** Where files and folders may be written, found out before anything is. */
import { accessSync, constants, lstatSync, mkdirSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { VrnnError } from "../errors.ts";
import { cannotWrite, errorCode } from "./file-errors.ts";

/** The bits of a mode that let somebody write. */
const WRITABLE = 0o222;

/**
 * Makes sure that a folder is here, or can be made as far as what stands in its way is concerned.
 *
 * @throws VrnnError `file/write` where a file or a device stands.
 */
export function requireFolderPlace(path: string): void {
  const present = statOf(path);
  if (present?.isDirectory()) return;
  if (present !== undefined)
    throw new VrnnError("file/write", "cannot write here: this is no folder, and one is needed", {
      at: path,
      remedy: "choose another folder with --out",
    });
  const above = dirname(path);
  if (above !== path) requireFolderPlace(above);
}

/**
 * Makes a folder and those above it that are not there. Node's own way to do so never ends where the system lets no folder
 * be made, as in `/proc`.
 *
 * @returns the outermost one that had to be made, if any
 */
export function makeFolders(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const above = dirname(path);
  const outermost = above === path ? undefined : makeFolders(above);
  try {
    mkdirSync(path);
  } catch (cause) {
    if (errorCode(cause) !== "EEXIST") throw cause; // another process may have made it meanwhile
  }
  return outermost ?? path;
}

/**
 * Makes sure that a file may be written here: anew, in the place of one that is there, or to a device. Who made a file
 * read-only wants to keep it, though the system lets it be replaced by whoever may write to its folder.
 *
 * @returns what stands here now
 * @throws VrnnError `file/folder` where a folder is, `file/read-only`, `file/write`.
 */
export function requireFilePlace(path: string): Stats | undefined {
  const present = ifThere(path, statSync);
  if (present?.isDirectory() || path.endsWith("/")) throw isFolder(path, join(path, "out.csv"));
  if (present?.isFile() && !isWritable(path, present))
    throw new VrnnError("file/read-only", "this file is read-only", {
      at: path,
      remedy: `name another file, or allow it with chmod u+w ${path}`,
    });
  requireFolderPlace(dirname(path));
  return present;
}

/**
 * Makes sure that a path can be the beginning of the names of several files.
 *
 * @param example a name that would do
 * @throws VrnnError `file/folder` where a folder is, `file/device` for what takes one file alone.
 */
export function requireNamePlace(path: string, example: string): void {
  const present = statOf(path);
  if (present?.isDirectory() || path.endsWith("/")) throw isFolder(path, join(path, example));
  if (present === undefined || present.isFile()) return;
  throw new VrnnError("file/device", "several files are written, and this is none", {
    at: path,
    remedy: `name one, such as ${example}: the others stand beside it`,
  });
}

/** What a path leads to; of a link that leads nowhere, the link. */
const statOf = (path: string): Stats | undefined => ifThere(path, statSync) ?? ifThere(path, lstatSync);

/** Nothing is there either when what stands above is no folder. */
function ifThere(path: string, look: (path: string) => Stats): Stats | undefined {
  try {
    return look(path);
  } catch (cause) {
    const code = errorCode(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw cannotWrite(path, cause);
  }
}

/** Root may write everywhere, so the mode is looked at too. */
function isWritable(path: string, { mode }: Stats): boolean {
  try {
    accessSync(path, constants.W_OK);
    return (mode & WRITABLE) !== 0;
  } catch {
    return false;
  }
}

const isFolder = (path: string, example: string): VrnnError =>
  new VrnnError("file/folder", "cannot write a file where a folder is", {
    at: path,
    remedy: `name a file in it, such as ${example}`,
  });
