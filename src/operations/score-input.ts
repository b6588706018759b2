import * as z from "../zod.ts";
import { atLeastOne, seed } from "./inputs.ts";
import { tableOut } from "./written-inputs.ts";

export const scoreInput = z.strictObject({
  out: tableOut(),
  seed: seed("of the draws of the latent variables"),
  samples: atLeastOne("--samples <count>", "draws that are averaged", 1, "latents"),
  /** How many sequences are computed side by side, and how many steps at once. */
  batchSize: z._default(z.int().check(z.minimum(1)), 16),
  window: z.optional(z.int().check(z.minimum(1))),
});

/** How steps are scored. */
export type ScoreInput = Pick<z.output<typeof scoreInput>, "seed" | "samples" | "batchSize"> & {
  readonly window?: number;
};
