import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The command line as `npm test` has built it. */
export const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `vrnn` in a process of its own, without colours. */
export function vrnn(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  if (!existsSync(main)) throw new Error(`${main} is missing: npm run build makes it`);
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
