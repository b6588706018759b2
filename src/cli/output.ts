import { VrnnError } from "../errors.ts";
import type { Artifact, Content } from "../operations/event.ts";

/**
 * Writes the result of a command as one JSON object on a line of its own.
 *
 * @throws VrnnError `task/not-finite` for a number that JSON cannot hold: it would stand there as null, which means missing.
 */
export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value, refuseInfinite)}\n`);
}

function refuseInfinite(key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  throw new VrnnError("task/not-finite", `the result is ${value}`, {
    at: key,
    remedy: "the weights or the data are beyond what the model can compute with",
  });
}

/** Writes lines of data. */
export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

/**
 * A reader that has seen enough (`vrnn info run | head -1`) ends output, not the work, and is no error. Output that
 * cannot be written for another reason, such as a full disk, is one.
 */
export function survivePipes(): void {
  process.stderr.on("error", () => {}); // there is nowhere left to tell it
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.stderr.write(`error: cannot write the output: ${error.message}\n`);
    process.exitCode = 1;
  });
}

/**
 * Writes what was made, each file in one go; what has no place goes to stdout.
 *
 * @param reads what the work read, and must not be written over
 * @throws VrnnError `file/...` before anything is written, when one of them cannot be
 */
export async function writeArtifacts(files: readonly Artifact[], reads: readonly string[]): Promise<void> {
  const { writeFileAtomic } = await import("../run/atomic.ts");
  const { checkFiles } = await import("./outputs.ts");
  checkFiles(
    files.flatMap(({ path }) => path ?? []),
    reads,
  );
  const ready = await Promise.all(
    files.map(async ({ path, content }) => ({ path, content: await content() })),
  );
  for (const { path, content } of ready) {
    if (path === undefined) await print(content);
    else writeFileAtomic(path, content);
  }
}

/** Writes to stdout, waiting for a reader that is slow; pieces that nobody reads any more are not made. */
async function print(content: Content): Promise<void> {
  const { stdout } = process;
  const pieces = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
  for (const piece of pieces) {
    if (stdout.destroyed) return;
    if (!stdout.write(piece)) await drained(stdout);
  }
}

/** When more can be written, or nothing any more. */
const drained = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done).off("close", done);
      resolve();
    };
    stream.on("drain", done).on("close", done);
  });
