/** A file that grows, as a stream of bytes. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { VrnnError } from "../errors.ts";

/** How often a file is looked at that has not grown, in milliseconds. */
const LOOKED_EVERY = 200;
const CHUNK = 1 << 16;
const NEWLINE = 10;

/**
 * What is in a file, and what is added to it, until it is asked to stop. A file that is renamed and begun anew under its
 * name (rotation) is read to its end, then the new one from its beginning; one that got shorter is read anew.
 *
 * @throws VrnnError `data/missing-file` where there is none at the beginning
 */
export async function* followedFile(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let file = opened(path);
  if (file === undefined)
    throw new VrnnError("data/missing-file", "there is no such file to follow", {
      at: path,
      remedy: "name one that is there; it may be empty",
    });
  let at = 0;
  let isInLine = false;
  try {
    while (!signal.aborted) {
      const chunk = new Uint8Array(CHUNK);
      const read = readSync(file, chunk, 0, CHUNK, at);
      at += read;
      if (read > 0) {
        isInLine = chunk[read - 1] !== NEWLINE;
        yield chunk.subarray(0, read);
        continue;
      }
      if (fstatSync(file).size < at) at = 0;
      else if (isOther(path, file)) {
        const next = opened(path);
        if (next === undefined) continue;
        closeSync(file);
        [file, at] = [next, 0];
        if (isInLine) yield Uint8Array.of(NEWLINE); // the last line of the file before is over
        isInLine = false;
      } else await sleep(LOOKED_EVERY, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    closeSync(file);
  }
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new VrnnError("data/read", "the file cannot be read", { at: path, cause });
  }
}

/** Whether another file than the open one has its name now; while there is none the open one may still grow. */
function isOther(path: string, file: number): boolean {
  const named = statSync(path, { throwIfNoEntry: false });
  const { ino, dev } = fstatSync(file);
  return named !== undefined && (named.ino !== ino || named.dev !== dev);
}
