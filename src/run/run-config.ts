import * as z from "zod";
import { tableFields } from "../data/field-dataset.ts";
import { columnSchema, conditionColumnSchema, fieldsSchema } from "../data/field-schemas.ts";
import { modalitySchema } from "../data/modality.ts";
import { modalityOfOldRun } from "../data/old-modality.ts";
import { familyNames, modelFamilies } from "../models/families.ts";
import { trainingOptions } from "../train/options.ts";
import { dataSchema } from "./data-schema.ts";

const common = {
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
};

/** Format 3: the fields of the data, and of what material they are. */
const present = z.strictObject({
  ...common,
  modality: modalitySchema,
  /** `x` is what is modelled. */
  fields: fieldsSchema.refine(({ x }) => x !== undefined, "there is no field x"),
});

/** Formats 1 and 2: the columns of a table. */
const earlier = z
  .strictObject({
    ...common,
    columns: z.array(columnSchema).min(1).max(100_000).readonly(),
    conditions: z.array(conditionColumnSchema).max(100_000).readonly().exactOptional(),
  })
  .transform(({ columns, conditions, ...config }) => ({
    ...config,
    modality: modalityOfOldRun(columns, config.data.schema.grid),
    fields: tableFields({ columns, ...(conditions && { conditions }) }),
  }));

/**
 * The configuration of a run, `config.json` without its version: all that is needed to build its model again and to go
 * on training. Nothing in it depends on when or how fast it was run.
 */
export const runConfig = z
  .looseObject({})
  .transform(
    (config, context): z.output<typeof present> =>
      checkedBy("columns" in config ? earlier : present, config, [], context),
  )
  .transform((config, context) => ({
    ...config,
    model: checkedBy(modelFamilies[config.family].options, config.model, ["model"], context),
  }));

/** What a schema makes of values that stand at a path; what it refuses is told there. */
function checkedBy<Output>(
  schema: z.ZodType<Output>,
  values: unknown,
  at: readonly string[],
  context: z.RefinementCtx,
): Output {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  for (const { message, path } of result.error.issues)
    context.addIssue({ code: "custom", message, path: [...at, ...path] });
  return z.NEVER;
}

/** The configuration of a run, `config.json` without its version. */
export type RunConfig = z.output<typeof runConfig>;
