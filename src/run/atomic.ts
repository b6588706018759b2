import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { cannotWrite } from "./file-errors.ts";
import { processExists } from "./process.ts";

/**
 * Writes a file so that a crash at any byte leaves either the old content or the new, never a part:
 * to a temporary name beside it, flushed, then renamed; the folder entry is flushed too.
 *
 * @throws VrnnError `file/write` when the disk is full or the place is not writable; nothing is left behind.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFlushed(temporary, typeof content === "string" ? Buffer.from(content, "utf8") : content);
    renameSync(temporary, path);
    flushFolder(dirname(path));
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cannotWrite(path, cause);
  }
}

/**
 * Removes what `writeFileAtomic` left in a folder when its process was killed. Files of processes that still run stay:
 * they may be about to be renamed.
 */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(/\.(\d+)\.tmp$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || (pid !== process.pid && processExists(pid))) continue;
    try {
      rmSync(join(folder, name));
    } catch {
      // On a read-only disk nothing can be removed, and nothing will be written.
    }
  }
}

function writeFlushed(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "w");
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
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
