import * as z from "../zod.ts";

/** How many steps tell the scale of a sequence: a deviation takes two. */
export const scaleSteps = z.int().check(z.minimum(2, "a scale takes two steps at least"));
