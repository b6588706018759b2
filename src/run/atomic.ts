import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { VrnnError } from "../errors.ts";
import { cannotWrite, errorCode } from "./file-errors.ts";
import { pause, processExists } from "./process.ts";
import { makeFolders, requireFilePlace } from "./writable.ts";

/**
 * Writes a file so that a crash at any byte leaves either the old content or the new, never a part:
 * to a temporary name beside it, flushed, then renamed; the folder entry is flushed too.
 *
 * A symbolic link stays and what it points to is replaced, which keeps its mode. What is no file (a device, a pipe,
 * `/dev/stdout`, the `/dev/fd/63` of `>(gzip > x.gz)`) cannot be replaced: it is written to.
 *
 * @param content bytes, or a text, also in pieces, each of which is made when those before it are written
 * @throws VrnnError `file/write` when the disk is full or the place is not writable; nothing is left behind;
 * `file/folder` when a folder stands there, `file/read-only` when the file is.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array | Iterable<string>): void {
  const pieces = piecesOf(content);
  try {
    const present = requireFilePlace(path);
    const target = targetOf(path);
    if (DESCRIPTOR.test(target) || present?.isFile() === false) writeThrough(target, pieces);
    else replaceFile(target, pieces, present && present.mode & PERMISSIONS);
  } catch (cause) {
    throw cause instanceof VrnnError ? cause : cannotWrite(path, cause);
  }
}

/** The bytes of a text or of its pieces, each when it is asked for. */
function* piecesOf(content: string | Uint8Array | Iterable<string>): Generator<Uint8Array> {
  if (content instanceof Uint8Array) yield content;
  else if (typeof content === "string") yield Buffer.from(content, "utf8");
  else for (const piece of content) yield Buffer.from(piece, "utf8");
}

/** The bits of a mode that are no type of file. */
const PERMISSIONS = 0o7777;

/** The names that `writeFileAtomic` writes to before it renames: `.vrnn-<process>-<random>.tmp`. */
const TEMPORARY = /^\.vrnn-(\d+)-[0-9a-f]{16}\.tmp$/;

/** The random part keeps others from planting a link where the file will be made. */
const temporaryName = (): string => `.vrnn-${process.pid}-${randomBytes(8).toString("hex")}.tmp`;

/**
 * Removes what `writeFileAtomic` left in a folder when its process was killed. Files of processes that still run stay:
 * they may be about to be renamed.
 */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(TEMPORARY.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || (pid !== process.pid && processExists(pid))) continue;
    try {
      rmSync(join(folder, name));
    } catch {
      // On a read-only disk nothing can be removed, and nothing will be written.
    }
  }
}

/** Writes all the bytes, in as many pieces as the system takes; a pipe that is full is waited for. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(file, bytes, done);
    } catch (cause) {
      if (errorCode(cause) !== "EAGAIN") throw cause;
      pause(1);
    }
  }
}

/** What Linux calls an open file of a process: a link that says nothing of use, but can be opened. */
const DESCRIPTOR = /^\/(?:dev|proc\/(?:self|\d+))\/fd\/\d+$/;
/** One of this process. */
const OWN_DESCRIPTOR = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/;

/** Where links lead, which need not be there yet. The caller has made sure that they do not go round. */
function targetOf(path: string): string {
  if (DESCRIPTOR.test(path) || !lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return path;
  return targetOf(resolve(realpathSync(dirname(path)), readlinkSync(path)));
}

/** Writes to what stands at a path, which is neither emptied nor replaced. */
function writeThrough(path: string, pieces: Iterable<Uint8Array>): void {
  const own = OWN_DESCRIPTOR.exec(path)?.[1]; // written to as it is: a socket cannot be opened by its path
  const file = own === undefined ? openSync(path, constants.O_WRONLY | constants.O_APPEND) : Number(own);
  try {
    for (const bytes of pieces) writeAll(file, bytes);
  } catch (cause) {
    if (errorCode(cause) !== "EPIPE") throw cause; // a reader that has seen enough is no error
  } finally {
    if (own === undefined) closeSync(file);
  }
}

/** @param mode that the file had, if it was there */
function replaceFile(path: string, pieces: Iterable<Uint8Array>, mode: number | undefined): void {
  const folder = dirname(path);
  makeFolders(folder);
  const temporary = join(folder, temporaryName());
  try {
    writeFlushed(temporary, pieces, mode);
    renameSync(temporary, path);
    flushFolder(folder);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  }
}

function writeFlushed(path: string, pieces: Iterable<Uint8Array>, mode: number | undefined): void {
  const file = openSync(path, "wx", mode);
  try {
    if (mode !== undefined) fchmodSync(file, mode); // what the mask of the process took away
    for (const bytes of pieces) writeAll(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function flushFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
