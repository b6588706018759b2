import * as z from "zod";
import { columnKinds } from "../data/dataset.ts";
import { DEFAULT_GRID, FINEST_GRID } from "../data/playing.ts";
import { textPieces, tokenNames } from "../data/text/names.ts";

/** A name from outside, and a list of them, no longer than sense allows. */
export const name = z.string().max(10_000);
export const names = z.array(name).max(100_000);

const share = z.number().min(0).max(1);

/** What was said about the data; see `SchemaOptions`. */
export const dataSchema = z.strictObject({
  kinds: z
    .record(z.string(), z.enum(columnKinds))
    .optional()
    .meta({ flag: "--kind <column=kind>", help: `${columnKinds.join(", ")}; may be repeated` }),
  drop: names.optional().meta({ flag: "--drop <columns>", help: "columns to leave out, by comma" }),
  only: names.optional().meta({ flag: "--only <columns>", help: "the only columns to model, by comma" }),
  time: name.optional().meta({ flag: "--time <column>", help: "the column that tells when each step was" }),
  sequence: name
    .optional()
    .meta({ flag: "--sequence <column>", help: "the column that tells which sequence a row belongs to" }),
  statics: names.optional().meta({
    flag: "--static <columns>",
    help: "columns that are not modelled but known of a whole sequence",
  }),
  covariates: names
    .optional()
    .meta({ flag: "--covariates <columns>", help: "columns that are not modelled but known in advance" }),
  split: z
    .tuple([share, share, share])
    .optional()
    .meta({ flag: "--split <shares>", help: "of training, validation and test, such as 0.7,0.15,0.15" }),
  resolution: z
    .record(z.string(), z.number().min(0))
    .optional()
    .meta({ flag: "--resolution <column=step>", help: "the grid of a recorded column; may be repeated" }),
  grid: z
    .number()
    .int()
    .min(1)
    .max(FINEST_GRID)
    .optional()
    .meta({
      flag: "--grid <steps>",
      help: `MIDI: steps to a beat (default: ${DEFAULT_GRID}, sixteenth notes)`,
    }),
  missing: names
    .optional()
    .meta({ flag: "--missing <words>", help: "further words that mean a missing entry, by comma" }),
  tokens: z
    .enum(tokenNames)
    .optional()
    .meta({ flag: "--tokens <unit>", help: `text: ${tokenNames.join(", ")} (default for .txt: chars)` }),
  per: z
    .enum(textPieces)
    .optional()
    .meta({
      flag: "--per <piece>",
      help: `text: one sequence is a ${textPieces.join(", ")} (default: text)`,
    }),
  vocabulary: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .meta({ flag: "--vocabulary <count>", help: "text: the most tokens; rarer ones count as unknown" }),
});
