import { z } from "zod";
import { type ColumnKind, columnKinds, conditionRoles } from "../data/dataset.ts";
import { DEFAULT_GRID, FINEST_GRID } from "../data/playing.ts";
import { familyNames, modelFamilies } from "../models/families.ts";
import { trainingOptions } from "../train/options.ts";

const name = z.string().max(10_000);
const names = z.array(name).max(100_000).readonly();

const columnFields = {
  name,
  kind: z.enum(columnKinds),
  levels: names,
  resolution: z.number().min(0),
  range: z.tuple([z.number(), z.number()]).readonly().exactOptional(),
  mean: z.number(),
  deviation: z.number().min(0),
  minimum: z.number(),
  maximum: z.number(),
  missing: z.number().min(0).max(1),
  shares: z.array(z.number().min(0).max(1)).readonly(),
};

interface Levels {
  readonly kind: ColumnKind;
  readonly levels: readonly string[];
  readonly shares: readonly number[];
}

function checkLevels({ kind, levels, shares }: Levels, context: z.RefinementCtx): void {
  if (kind === "categorical" && levels.length === 0)
    context.addIssue({ code: "custom", message: "a categorical column needs levels" });
  if (levels.length !== shares.length)
    context.addIssue({ code: "custom", message: "there must be a share for each level" });
}

const column = z.strictObject(columnFields).superRefine(checkLevels);
const conditionColumn = z
  .strictObject({ ...columnFields, role: z.enum(conditionRoles) })
  .superRefine(checkLevels);

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
});

/**
 * The configuration of a run, `config.json` without its version: all that is needed to build its model again and to go
 * on training. Nothing in it depends on when or how fast it was run.
 */
export const runConfig = z
  .strictObject({
    /** The version of the project that began the run. */
    vrnn: z.string().max(100),
    family: z.enum(familyNames),
    model: z.record(z.string(), z.unknown()),
    training: trainingOptions,
    data: z.strictObject({
      /** Where they were, from the root on, so that the run can be resumed from any folder. */
      path: z.string().min(1),
      /** A checksum of the values, so that a resumed run can tell that they are the same. */
      digest: z.string().max(100),
      schema: dataSchema,
    }),
    columns: z.array(column).min(1).max(100_000).readonly(),
    conditions: z.array(conditionColumn).max(100_000).readonly().exactOptional(),
  })
  .transform((config, context) => {
    const model = modelFamilies[config.family].options.safeParse(config.model);
    if (model.success) return { ...config, model: model.data };
    for (const { message, path } of model.error.issues)
      context.addIssue({ code: "custom", message, path: ["model", ...path] });
    return z.NEVER;
  });

/** The configuration of a run, `config.json` without its version. */
export type RunConfig = z.output<typeof runConfig>;
