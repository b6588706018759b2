import { frameMeasureNames } from "../inference/frame-measure-names.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";
import { detecting, lookingAtFrames } from "./detecting.ts";
import { readPath, seed } from "./inputs.ts";
import { writtenFile } from "./written-inputs.ts";

/** What `detect` is told. */
export const detectInput = z.strictObject({
  out: writtenFile("--out <file>", "where the steps go, as CSV: score, odd or not, each column's share"),
  incidents: writtenFile("--incidents <file>", "where the incidents go, one JSON object a line", ".jsonl"),
  picture: writtenFile("--picture <file>", "where a picture of the first sequence goes (SVG)", ".svg"),
  labels: option(z.optional(z.string()), {
    flag: "--labels <column or file>",
    help: "what was wrong, to judge by: a column of the data, or a file of one label a line",
  }),
  clean: readPath("--clean <path>", "where the run's data are now; the threshold is set by them"),
  ...detecting,
  by: option(z._default(z.enum(frameMeasureNames), "surprise"), {
    flag: "--by <measure>",
    help: "how odd a place of a frame is: surprise (nats), divergence (what z was told), error (of predicting it)",
    materials: ["images"],
  }),
  ...lookingAtFrames,
  smoothing: option(z._default(z.number().check(z.minimum(0)), 6), {
    flag: "--smoothing <frames>",
    help: "deviation of the Gaussian kernel over time; 0: none, as for frames that come in live",
    materials: ["images"],
  }),
  maps: option(z.optional(z.string()), {
    flag: "--maps <folder>",
    help: "where pictures go: the oddest frame of each clip as it is, and with what is odd in it in red",
    writes: "folder",
    materials: ["images"],
  }),
  seed: seed("of the draws of the latent variables"),
});

/** How odd steps are looked for. */
export type DetectInput = z.output<typeof detectInput>;
