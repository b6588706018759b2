/** Inputs that several operations have. */
import * as z from "zod";

/** A count of which there must be one. */
export const atLeastOne = (flag: string, help: string, usual: number) =>
  z.int().min(1, "there must be one at least").default(usual).meta({ flag, help });

export const seed = (help: string) => z.int().min(0).default(1).meta({ flag: "--seed <number>", help });

export const temperature = z
  .number()
  .gt(0, "it must be above 0")
  .default(1)
  .meta({ flag: "--temperature <factor>", help: "1 is the model's own spread, less is tamer" });

/** Where the table of an operation goes. */
export const tableOut = (what = "the table") =>
  z
    .string()
    .optional()
    .meta({ flag: "--out <file>", help: `where ${what} goes (default: stdout)` });

/** Where something goes that is made when it is asked for. */
export const file = (flag: string, help: string) => z.string().optional().meta({ flag, help });

const INSIDE = "they must lie between 0 and 1";

/** Levels of quantiles, put in order, each once. */
export const quantiles = (help = "between 0 and 1, by comma") =>
  z
    .array(z.number().gt(0, INSIDE).lt(1, INSIDE))
    .overwrite((levels) => [...new Set(levels)].sort((a, b) => a - b))
    .default([0.1, 0.5, 0.9])
    .meta({ flag: "--quantiles <levels>", help });
