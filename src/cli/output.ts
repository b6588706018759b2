import { usageError } from "./errors.ts";

/** Writes the result of a command as one JSON object on a line of its own. */
export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
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

/** Refuses `--json` where the table would have to share stdout with the object. */
export function requirePlace(json: true | undefined, out: string | undefined): void {
  if (json && out === undefined)
    throw usageError("--json leaves no place for the table", "say where it goes with --out");
}

/** Writes tables to their files, each in one go; one without a file goes to stdout. */
export async function writeTables(
  tables: readonly (readonly [path: string | undefined, content: string])[],
): Promise<void> {
  const { writeFileAtomic } = await import("../run/atomic.ts");
  for (const [path, content] of tables) {
    if (path === undefined) process.stdout.write(content);
    else writeFileAtomic(path, content);
  }
}
