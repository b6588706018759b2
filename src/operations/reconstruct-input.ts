import { option } from "../options.ts";
import * as z from "../zod.ts";
import { atLeastOne, seed } from "./inputs.ts";
import { tableOut } from "./written-inputs.ts";

/** What `reconstruct` is told. */
export const reconstructInput = z.strictObject({
  samples: atLeastOne("--samples <count>", "particles that are averaged", 16, "latents"),
  out: tableOut(),
  film: option(z.optional(z.string()), {
    flag: "--film <path>",
    help: "frames beside what is made of them: a folder of a GIF for each clip, or a file of all, one after the other (.gif, or .mp4 with ffmpeg)",
    writes: "folder",
    ending: ".gif",
    materials: ["images"],
  }),
  seed: seed("the same seed gives the same table"),
});

/** How data are reconstructed. */
export type ReconstructInput = z.output<typeof reconstructInput>;

/** The same as it was said, nothing filled in. */
export type ReconstructGiven = z.input<typeof reconstructInput>;
