import type { LiveFormat } from "../data/files-live.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";

export const FORMATS = ["csv", "jsonl"] as const satisfies readonly LiveFormat[];

const ofFrames = { materials: ["images"] } as const;

/** What `watch` is told beside. What each does is said by `cli/watch-help.ts`: a page, which may load this, has no help. */
export const watchOptions = {
  format: option(z.optional(z.enum(FORMATS)), { flag: "--format <name>" }),
  flags: option(z._default(z.boolean(), true), { flag: "--no-flags" }),
  every: option(z._default(z.int().check(z.minimum(0)), 1), { flag: "--every <count>" }),
  incidents: option(z.optional(z.string()), { flag: "--incidents <file>", writes: "file", ending: ".jsonl" }),
  state: option(z.optional(z.string()), { flag: "--state <file>", writes: "file", ending: ".json" }),
  play: option(z.optional(z.string()), { flag: "--play <path>", reads: true, ...ofFrames }),
  raw: option(z.optional(z.string()), { flag: "--raw [size]", ...ofFrames }),
  clean: option(z.optional(z.string()), { flag: "--clean <path>", reads: true, ...ofFrames }),
  json: option(z._default(z.boolean(), false), { flag: "--json", ...ofFrames }),
};
