/** Inputs that several operations have. */
import { type OptionNeed, option } from "../options.ts";
import * as z from "../zod.ts";

/** A count of which there must be one. */
export const atLeastOne = (flag: string, help: string, usual: number, needs?: OptionNeed) =>
  option(z._default(z.int().check(z.minimum(1)), usual), { flag, help, ...(needs && { needs }) });

export const seed = (help: string) =>
  option(z._default(z.int().check(z.minimum(0)), 1), { flag: "--seed <number>", help });

export const temperature = option(z._default(z.number().check(z.gt(0)), 1), {
  flag: "--temperature <factor>",
  help: "1 is the model's own spread, less is tamer",
});

/** Where the table of an operation goes. */
export const tableOut = (what = "the table") =>
  writtenFile("--out <file>", `where ${what} goes, as CSV (default: stdout)`);

/** A file that is made when it is asked for, a table unless told. */
export const writtenFile = (flag: string, help: string, ending = ".csv") =>
  option(z.optional(z.string()), { flag, help, writes: "file", ending });

/** A file, a folder or a run that is read. */
export const readPath = (flag: string, help: string) =>
  option(z.optional(z.string()), { flag, help, reads: true });

/** Where a run is kept. */
export const runOut = (help: string) =>
  option(z.optional(z.string()), { flag: "--out <folder>", help, writes: "run" });

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
