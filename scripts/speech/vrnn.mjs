/** The command line as other scripts call it. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const cli = join(import.meta.dirname, "../../dist/cli/main.js");

/**
 * Runs a command to its end; what it tells beside its answer goes to the terminal.
 *
 * @returns its answer
 * @example
 * JSON.parse(vrnn("evaluate", "runs/voice", "--json")).natsPerStep; // -131.2
 */
export const vrnn = (...words) =>
  execFileSync(process.execPath, [cli, ...words], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });

/**
 * The run of a folder: trained if there is none, and to its end if its training was cut short.
 *
 * @param words of `vrnn train`, without `--out`
 * @returns the folder
 * @example
 * trainedRun("runs/digits", "fsdd", "--model", "recognise"); // "runs/digits"
 */
export function trainedRun(run, ...words) {
  const isBegun = existsSync(join(run, "config.json"));
  vrnn("train", ...(isBegun ? ["--resume", run] : [...words, "--out", run]));
  return run;
}
