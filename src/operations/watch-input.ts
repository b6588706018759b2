import { followingNames } from "../inference/following.ts";
import { frameMeasureNames } from "../inference/frame-measure-names.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";
import { detecting, lookingAtFrames } from "./detecting.ts";
import { readPath, seed } from "./inputs.ts";
import { watchOptions } from "./watch-options.ts";

const FORECASTS = ["interval", "mean"] as const;

/** How many particles follow a stream unless told. */
export const PARTICLES = 100;

/** What `watch` is told. */
export const watchInput = z.strictObject({
  data: readPath("--data <path>", "where the run's data are now; validation sets the threshold"),
  forecast: option(z._default(z.enum([...FORECASTS, "none"]), "interval"), {
    flag: "--forecast <what>",
    help: `${FORECASTS.join(", ")}: a mean is quicker`,
    off: { value: "none", help: "nothing: quicker still" },
  }),
  follow: readPath("--follow <file>", "read a file that grows, renamed or begun anew too"),
  by: option(z.optional(z.enum([...followingNames, ...frameMeasureNames])), {
    flag: "--by <way>",
    help: `${followingNames.join(", ")}: of each step (usual) or a particle filter; of frames as for detect`,
  }),
  particles: option(z.optional(z.int().check(z.minimum(1))), {
    flag: "--particles <count>",
    help: `particles (default: ${PARTICLES})`,
  }),
  ...watchOptions,
  ...lookingAtFrames,
  seed: seed("of the draws of the latent variables"),
  ...detecting,
});

/** How live data are followed. */
export type WatchInput = z.output<typeof watchInput>;

/** The same as it was said, nothing filled in. */
export type WatchGiven = z.input<typeof watchInput>;
