/** Inputs of operations that write tables, pictures and runs. */
import { option } from "../options.ts";
import * as z from "../zod.ts";

/** Where the table of an operation goes. */
export const tableOut = (what = "the table") =>
  writtenFile("--out <file>", `where ${what} goes, as CSV (default: stdout)`);

/** A file that is made when it is asked for, a table unless told. */
export const writtenFile = (flag: string, help: string, ending = ".csv") =>
  option(z.optional(z.string()), { flag, help, writes: "file", ending });

/** Where a run is kept. */
export const runOut = (help: string) =>
  option(z.optional(z.string()), { flag: "--out <folder>", help, writes: "run" });
