/** Inputs that several operations have. */
import { type OptionNeed, option } from "../options.ts";
import * as z from "../zod.ts";

/** A count of which there must be one. */
export const atLeastOne = (flag: string, help: string, usual: number, needs?: OptionNeed) =>
  option(z._default(z.int().check(z.minimum(1)), usual), { flag, help, ...(needs && { needs }) });

export const seed = (help: string) =>
  option(z._default(z.int().check(z.minimum(0)), 1), { flag: "--seed <number>", help });

/** What it does is said by `cli/sample-help.ts`. */
export const temperature = option(z._default(z.number().check(z.gt(0)), 1), {
  flag: "--temperature <factor>",
});

/** A file, a folder or a run that is read. */
export const readPath = (flag: string, help: string) =>
  option(z.optional(z.string()), { flag, help, reads: true });
