/** The configuration of a run out of its bytes, wherever they come from. */
import { parseStrictJson } from "../checkpoint/strict-json.ts";
import { VrnnError } from "../errors.ts";
import { checked } from "../options.ts";
import type * as z from "../zod.ts";
import { checkFormat } from "./format.ts";

const MAX_JSON_DEPTH = 64;

/**
 * Reads the configuration of a run as hostile input.
 *
 * @param at the file's name, for messages.
 * @param schema of the configuration, without its version.
 * @throws VrnnError `run/config` or `run/newer`.
 */
export function parseConfig<Config>(bytes: Uint8Array, at: string, schema: z.core.$ZodType<Config>): Config {
  const { version, ...config } = parseObject(bytes, at);
  checkFormat(version, at);
  return checked(schema, config, ({ message, path: inside }) =>
    badConfig(inside.length ? `${inside.join(".")}: ${message}` : message, at),
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
    remedy: "restore the file, or train another run",
  });
}
