import { SPLIT_NAMES } from "../data/dataset.ts";
import { formatNames } from "../data/format-names.ts";
import { readPath } from "../operations/inputs.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";

/** Which data an operation over sequences works on. */
export const dataChoice = z
  .strictObject({
    data: readPath(
      "--data <path>",
      "data with the run's columns (default: those that the run was trained on)",
    ),
    split: option(z.optional(z.enum(SPLIT_NAMES)), {
      flag: "--split <name>",
      help: `${SPLIT_NAMES.join(", ")} (default: test, of probe and cluster train; with --data: all of it)`,
    }),
    features: readPath(
      "--features <file>",
      "of a run whose data an encoder of your own reads: where that is now (default: where it was)",
    ),
    format: option(z.optional(z.enum(formatNames)), {
      flag: "--format <name>",
      help: `what kind of file --data names, for stdin (-) and names that do not tell: ${formatNames.join(", ")}`,
    }),
  })
  .check(
    z.refine(({ data, format }) => format === undefined || data !== undefined, {
      path: ["format"],
      message: "it says what kind of file --data names, and none is named",
    }),
  );

export type DataChoice = z.output<typeof dataChoice>;
