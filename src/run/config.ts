import { parseStrictJson } from "../checkpoint/strict-json.ts";
import { VrnnError } from "../errors.ts";
import { checked } from "../options.ts";
import type * as z from "../zod.ts";
import { writeFileAtomic } from "./atomic.ts";
import { readIfPresent } from "./file-errors.ts";
import { checkFormat, RUN_FORMAT } from "./format.ts";

const MAX_JSON_DEPTH = 64;

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
  const { version, ...config } = parseObject(bytes, path);
  checkFormat(version, path);
  return checked(schema, config, ({ message, path: inside }) =>
    badConfig(`${["config", ...inside].join(".")}: ${message}`, path),
  );
}

function parseObject(bytes: Uint8Array, at: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseStrictJson(new TextDecoder().decode(bytes), MAX_JSON_DEPTH);
  } catch (cause) {
    throw badConfig(cause instanceof Error ? cause.message : String(cause), at);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw badConfig("not a JSON object", at);
}

function badConfig(what: string, at: string): VrnnError {
  return new VrnnError("run/config", `the configuration cannot be used: ${what.replace(/\s+/g, " ")}`, {
    at,
    remedy: "restore the file, or train again in another folder",
  });
}
