import { readFileSync } from "node:fs";
import { errorCode } from "./file-errors.ts";

/** Whether a process of this number exists, be it another's or one that has ended but was not yet reaped. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/**
 * When a process began, in the kernel's ticks since boot: with its number this names one process for good, as numbers
 * are used again. "" where the system does not tell (outside Linux); undefined when there is no such process or it has
 * ended.
 */
export function processStart(pid: number): string | undefined {
  if (!processExists(pid)) return undefined;
  let fields: string[];
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name before it may hold spaces
  } catch {
    return "";
  }
  const state = fields[0]!;
  return state === "Z" || state === "X" ? undefined : fields[19];
}

/** Stops this thread for a while. */
export function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
