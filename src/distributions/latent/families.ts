import { rareFor } from "../loaded.ts";
import type { LatentFamily } from "./family.ts";
import { normalFamily } from "./normal.ts";

/**
 * Every family of distributions of latent variables by its name on the command line.
 *
 * @example
 * latentFamilies["student-t"].normals; // 2 standard normal numbers a draw
 */
export const latentFamilies = {
  normal: normalFamily,
  /** Heavy tails: states that jump now and then. */
  get "student-t"(): LatentFamily {
    return rareFor("student-t").latents["student-t"];
  },
  /** Steps that are small or far. */
  get laplace(): LatentFamily {
    return rareFor("laplace").latents.laplace;
  },
} as const satisfies Record<string, LatentFamily>;

/** The name of a family of distributions of latent variables. */
export type LatentFamilyName = keyof typeof latentFamilies;
