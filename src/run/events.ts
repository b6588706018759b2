import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { VrnnError } from "../errors.ts";
import { writeAll, writeFileAtomic } from "./atomic.ts";
import { cannotWrite, readIfPresent } from "./file-errors.ts";

/** One line of `metrics.jsonl`: the step it belongs to, and figures under names such as `train/elbo`. */
export interface RunEvent {
  readonly step: number;
  readonly [name: string]: string | number | boolean | null;
}

/**
 * Adds one event as a line of JSON.
 *
 * @throws VrnnError `file/write` when the disk is full; the file is then as long as before.
 */
export function appendEvent(path: string, event: RunEvent): void {
  withFile(path, "a", (file) => {
    const before = fstatSync(file).size;
    try {
      writeAll(file, Buffer.from(`${JSON.stringify(event)}\n`, "utf8"));
    } catch (cause) {
      shorten(file, before);
      throw cause;
    }
  });
}

/** Waits until the events are on the disk. */
export function flushEvents(path: string): void {
  withFile(path, "a", fsyncSync);
}

/**
 * The events of a run, in their order; none when there is no file. A last line without its end, which a killed process
 * leaves, is no event.
 *
 * @throws VrnnError `run/event` naming the line that is not an event.
 */
export function readEvents(path: string): RunEvent[] {
  return parseEvents(readText(path), path);
}

/** Keeps the events up to and including `step`, as a run needs that goes back to its checkpoint of that step. */
export function truncateEvents(path: string, step: number): void {
  const text = readText(path);
  const kept = parseEvents(text, path).filter((event) => event.step <= step);
  const wanted = kept.map((event) => `${JSON.stringify(event)}\n`).join("");
  if (wanted !== text) writeFileAtomic(path, wanted);
}

function readText(path: string): string {
  return new TextDecoder().decode(readIfPresent(path));
}

function parseEvents(text: string, path: string): RunEvent[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line, index) => parseEvent(line, `${path}:${index + 1}`));
}

function parseEvent(line: string, at: string): RunEvent {
  const event = parseJson(line);
  if (typeof event === "object" && event !== null && "step" in event && Number.isFinite(event.step))
    return event as RunEvent;
  throw new VrnnError("run/event", "not an event: one JSON object with a step", {
    at,
    remedy: "delete this line",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withFile(path: string, flag: string, use: (file: number) => void): void {
  try {
    const file = openSync(path, flag);
    try {
      use(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

function shorten(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {
    // A device has no length. The error of writing is what matters.
  }
}
