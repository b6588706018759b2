import { option } from "../options.ts";
import * as z from "../zod.ts";

/** Levels of quantiles, put in order, each once. */
export const quantiles = (help = "between 0 and 1, by comma") =>
  option(
    z._default(
      z
        .array(z.number().check(z.gt(0), z.lt(1)))
        .check(z.overwrite((levels) => [...new Set(levels)].sort((a, b) => a - b))),
      [0.1, 0.5, 0.9],
    ),
    { flag: "--quantiles <levels>", help },
  );
