import { CommanderError } from "commander";
import { VrnnError } from "../errors.ts";
import { oneLine } from "../legible.ts";
import { coloursOf } from "./terminal.ts";

/** The exit status of a mistake on the command line, apart from that of work that failed. */
const USAGE = 2;

/**
 * Tells an error in one line on stderr; with VRNN_DEBUG=1 also where it came from.
 *
 * @returns the exit status: 0 for help that was asked for, 2 for a mistake on the command line, 1 otherwise
 */
export function reportError(error: unknown): number {
  if (error instanceof CommanderError) {
    const isShown = error.code === "commander.help"; // in the place of an error, where nothing was said
    if (error.exitCode !== 0 && !isShown) process.stderr.write(`${oneLine(error.message)}\n`);
    return error.exitCode === 0 ? 0 : USAGE;
  }
  const red = coloursOf(process.stderr).red;
  process.stderr.write(`${red("error:")} ${oneLine(describe(error))}\n`);
  if (process.env.VRNN_DEBUG) process.stderr.write(`${traceOf(error)}\n`);
  return error instanceof VrnnError && error.code.startsWith("usage/") ? USAGE : 1;
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof VrnnError
    ? message
    : `${message}: this is a bug in vrnn (VRNN_DEBUG=1 shows where)`;
}

function traceOf(error: unknown): string {
  const traces: string[] = [];
  for (let next = error; next instanceof Error; next = next.cause) traces.push(next.stack ?? next.message);
  return traces.join("\ncaused by ");
}
