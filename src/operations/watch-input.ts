import type { LiveFormat } from "../data/files-live.ts";
import { followingNames } from "../inference/following.ts";
import { frameMeasureNames } from "../inference/frame-measure-names.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";
import { lookingAtFrames } from "./detect-input.ts";
import { detecting } from "./detecting.ts";
import { readPath, seed } from "./inputs.ts";
import { writtenFile } from "./written-inputs.ts";

const FORMATS = ["csv", "jsonl"] as const satisfies readonly LiveFormat[];

const FORECASTS = ["interval", "mean"] as const;

/** How many particles follow a stream unless told. */
export const PARTICLES = 100;

/** What `watch` is told. */
export const watchInput = z.strictObject({
  data: readPath("--data <path>", "where the run's data are now; validation sets the threshold"),
  format: option(z.optional(z.enum(FORMATS)), {
    flag: "--format <name>",
    help: `${FORMATS.join(", ")} (default: seen from the first line)`,
  }),
  forecast: option(z._default(z.enum([...FORECASTS, "none"]), "interval"), {
    flag: "--forecast <what>",
    help: `${FORECASTS.join(", ")}: a mean is quicker`,
    off: { value: "none", help: "nothing: quicker still" },
  }),
  follow: readPath("--follow <file>", "read a file that grows, renamed or begun anew too"),
  by: option(z.optional(z.enum([...followingNames, ...frameMeasureNames])), {
    flag: "--by <way>",
    help:
      `${followingNames.join(", ")}: of each step (usual) or a particle filter; ` +
      `of frames ${frameMeasureNames.join(", ")}, as detect tells how odd a place is`,
  }),
  particles: option(z.optional(z.int().check(z.minimum(1))), {
    flag: "--particles <count>",
    help: `particles (default: ${PARTICLES})`,
  }),
  flags: option(z._default(z.boolean(), true), {
    flag: "--no-flags",
    help: "needs no data: nothing odd is looked for",
  }),
  every: option(z._default(z.int().check(z.minimum(0)), 1), {
    flag: "--every <count>",
    help: "answer each so many steps and odd ones; 0: odd ones alone",
  }),
  incidents: writtenFile(
    "--incidents <file>",
    "where incidents go, as JSON, when one opens and ends",
    ".jsonl",
  ),
  state: option(z.optional(z.string()), {
    flag: "--state <file>",
    help: "where it stands, for another watch to go on",
    writes: "file",
    ending: ".json",
  }),
  play: option(z.optional(z.string()), {
    flag: "--play <path>",
    help: "frames of a folder of pictures, a GIF, a video or an array (.npy), instead of stdin",
    reads: true,
    materials: ["images"],
  }),
  raw: option(z.optional(z.string()), {
    flag: "--raw [size]",
    help: "stdin holds raw frames (ffmpeg -f rawvideo), grey or RGB as the run's are, and not the path of a picture a line; 640x480 where they are not of its size",
    materials: ["images"],
  }),
  clean: option(z.optional(z.string()), {
    flag: "--clean <path>",
    help: "clean clips, by which the threshold is set (default: the validation split of the run)",
    reads: true,
    materials: ["images"],
  }),
  ...lookingAtFrames,
  json: option(z._default(z.boolean(), false), {
    flag: "--json",
    help: "answer by a line of JSON for each frame, as tables are answered",
    materials: ["images"],
  }),
  seed: seed("of the draws of the latent variables"),
  ...detecting,
});

/** How live data are followed. */
export type WatchInput = z.output<typeof watchInput>;

/** The same as it was said, nothing filled in. */
export type WatchGiven = z.input<typeof watchInput>;
