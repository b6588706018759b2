import { lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { quoteName } from "../checkpoint/strict-json.ts";
import { VrnnError } from "../errors.ts";
import { cannotWrite, errorCode } from "./file-errors.ts";
import { pause, processStart } from "./process.ts";

/** Who holds a lock, as its file says. */
interface Holder {
  readonly pid: number;
  readonly start: string;
  readonly host: string;
}

/** Longer than another process takes from making its lock file to filling it, or from finding a lock stale to removing it. */
const SETTLE_MILLISECONDS = 50;

/**
 * Takes the lock whose file is at `path`; it is held until `releaseLock` or the end of the process, however it ends:
 * the lock of a dead process is taken over.
 *
 * @returns which file it is, for `isLock`
 * @throws VrnnError `run/locked` when a running process holds it (this one included), `file/write` when it cannot be written.
 */
export function acquireLock(path: string): string {
  refuseStrange(path);
  const own = JSON.stringify(thisProcess());
  let tookOver = false;
  while (!createLock(path, own)) {
    const content = readLock(path);
    if (content === undefined) continue;
    const holder = parseHolder(content);
    if (holder !== undefined && isRunning(holder)) throw lockedBy(holder, path);
    removeLock(path);
    tookOver = true;
  }
  if (tookOver) checkStillOurs(path, own);
  return identityOf(path) ?? "";
}

/** Whether the file at `path` is still the one that `acquireLock` made: not when its folder was moved or replaced. */
export const isLock = (path: string, identity: string): boolean => identityOf(path) === identity;

function identityOf(path: string): string | undefined {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status && `${status.dev} ${status.ino}`;
}

/** A link that leads nowhere can neither be made nor read, for ever. */
function refuseStrange(path: string): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined || status.isFile()) return;
  throw new VrnnError("file/write", "what stands there is no lock file of a training", {
    at: path,
    remedy: "remove it",
  });
}

/** Gives the lock back, if this process holds it. */
export function releaseLock(path: string): void {
  if (readLock(path) === JSON.stringify(thisProcess())) removeLock(path);
}

function thisProcess(): Holder {
  return { pid: process.pid, start: processStart(process.pid) ?? "", host: hostname() };
}

function createLock(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: "wx" });
    return true;
  } catch (cause) {
    if (errorCode(cause) === "EEXIST") return false;
    rmSync(path, { force: true });
    throw cannotWrite(path, cause);
  }
}

function removeLock(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/** The lock's content, or undefined when it has just been given back. */
function readLock(path: string): string | undefined {
  try {
    const content = readFileSync(path, "utf8");
    if (content !== "") return content;
    pause(SETTLE_MILLISECONDS); // its maker may be about to fill it
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return undefined;
    throw cannotWrite(path, cause);
  }
}

/** Undefined for what no process of ours wrote in full: such a lock is stale. */
function parseHolder(content: string): Holder | undefined {
  try {
    const { pid, start, host } = JSON.parse(content) as Partial<Holder>;
    const sound =
      Number.isSafeInteger(pid) && pid! > 0 && typeof start === "string" && typeof host === "string";
    return sound ? { pid: pid!, start, host } : undefined;
  } catch {
    return undefined;
  }
}

/** A process of another machine cannot be looked at, so it counts as running. */
function isRunning({ pid, start, host }: Holder): boolean {
  if (host !== hostname()) return true;
  return processStart(pid) === start;
}

/** Two processes may find one stale lock: the later removes the earlier's fresh one, and the earlier must give way. */
function checkStillOurs(path: string, own: string): void {
  pause(SETTLE_MILLISECONDS);
  const content = readLock(path);
  if (content === own) return;
  throw lockedBy(content === undefined ? undefined : parseHolder(content), path);
}

function lockedBy(holder: Holder | undefined, path: string): VrnnError {
  const own = holder?.pid === process.pid ? " (this one)" : "";
  const host = holder === undefined || holder.host === hostname() ? "" : ` on host ${quoteName(holder.host)}`;
  const who = holder === undefined ? "another process" : `process ${holder.pid}${own}${host}`;
  return new VrnnError("run/locked", `${who} is training in this folder`, {
    at: dirname(path),
    remedy:
      host === ""
        ? "stop it first, or choose another folder with --out"
        : `if it no longer runs, delete ${path}`,
  });
}
