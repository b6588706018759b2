import { execFile, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { built } from "../built.ts";

/** The command line as it was built. */
export const main = built("cli/main.js");

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `vrnn` in a process of its own, without colours. */
export function vrnn(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env } };
    execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** The same with a stdin that is written to, and ended, by `write`. */
export function vrnnFed(
  args: readonly string[],
  cwd: string,
  write: (stdin: Writable) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], { cwd });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.on("close", (status) => resolve({ status: status ?? -1, stdout, stderr }));
    write(child.stdin);
  });
}

/** A model that trains in no time. */
export const tiny = [
  "--sequence",
  "run",
  "--hidden",
  "6",
  "--latent",
  "2",
  "--epochs",
  "2",
  "--window",
  "16",
];
