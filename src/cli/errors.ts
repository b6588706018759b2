import { CommanderError } from "commander";
import { VrnnError } from "../errors.ts";
import { coloursOf } from "./terminal.ts";

/** The exit status of a mistake on the command line, apart from that of work that failed. */
const USAGE = 2;

/**
 * An option whose value cannot be used. Ends with the exit status of a mistake on the command line.
 *
 * @example
 * usageError("--hidden must be at least 1", "give a whole number").code; // "usage/option"
 */
export const usageError = (what: string, remedy?: string): VrnnError =>
  new VrnnError("usage/option", what, remedy === undefined ? {} : { remedy });

/**
 * Tells an error in one line on stderr; with VRNN_DEBUG=1 also where it came from.
 *
 * @returns the exit status: 0 for help that was asked for, 2 for a mistake on the command line, 1 otherwise
 */
export function reportError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
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

/** A text with its line breaks as spaces. */
export const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, " ");
