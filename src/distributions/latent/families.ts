import type { LatentFamily } from "./family.ts";
import { laplaceFamily } from "./laplace.ts";
import { normalFamily } from "./normal.ts";
import { studentTFamily } from "./student-t.ts";

/**
 * Every family of distributions of latent variables by its name on the command line.
 *
 * @example
 * latentFamilies["student-t"].normals; // 2 standard normal numbers a draw
 */
export const latentFamilies = {
  normal: normalFamily,
  "student-t": studentTFamily(),
  laplace: laplaceFamily,
} as const satisfies Record<string, LatentFamily>;

/** The name of a family of distributions of latent variables. */
export type LatentFamilyName = keyof typeof latentFamilies;
