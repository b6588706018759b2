import { execFile } from "node:child_process";
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
