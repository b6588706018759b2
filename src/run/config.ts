import { VrnnError } from "../errors.ts";
import type * as z from "../zod.ts";
import { writeFileAtomic } from "./atomic.ts";
import { readIfPresent } from "./file-errors.ts";
import { RUN_FORMAT } from "./format.ts";
import { parseConfig } from "./parse-config.ts";

/** Writes the configuration of a run, with the version of the format beside it. */
export function writeConfig(path: string, config: object): void {
  writeFileAtomic(path, `${JSON.stringify({ version: RUN_FORMAT, ...config }, null, 2)}\n`);
}

/**
 * Reads the configuration of a run.
 *
 * @param schema of the configuration, without its version.
 * @throws VrnnError `run/missing`, `run/config` or `run/newer`.
 */
export function readConfig<Config>(path: string, schema: z.core.$ZodType<Config>): Config {
  const bytes = readIfPresent(path);
  if (bytes === undefined) {
    throw new VrnnError("run/missing", "there is no run here", {
      at: path,
      remedy: "give a folder that vrnn train wrote",
    });
  }
  return parseConfig(bytes, path, schema);
}
