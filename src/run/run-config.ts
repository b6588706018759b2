import { tableFields } from "../data/field-dataset.ts";
import {
  columnSchema,
  conditionColumnSchema,
  fieldsSchema,
  timeColumnSchema,
} from "../data/field-schemas.ts";
import { modalitySchema } from "../data/modality.ts";
import { modalityOfOldRun } from "../data/old-modality.ts";
import { modelFamilies } from "../models/families.ts";
import { familyNames } from "../models/loading.ts";
import { trainingOptions } from "../train/options.ts";
import * as z from "../zod.ts";
import { dataSchema } from "./data-schema.ts";

const common = {
  /** The version of the project that began the run. */
  vrnn: z.string().check(z.maxLength(100)),
  family: z.enum(familyNames),
  model: z.record(z.string(), z.unknown()),
  training: trainingOptions,
  data: z.strictObject({
    /** Where they were, from the root on, so that the run can be resumed from any folder. */
    path: z.string().check(z.minLength(1)),
    /** Further files, where several were named. */
    more: z.exactOptional(z.array(z.string().check(z.minLength(1))).check(z.maxLength(100_000))),
    /** A checksum of the values, so that a resumed run can tell that they are the same. */
    digest: z.string().check(z.maxLength(100)),
    schema: dataSchema,
    /** The column that told when steps were; absent: none did, or an earlier version did not keep it. */
    time: z.exactOptional(timeColumnSchema),
  }),
};

/** Format 3: the fields of the data, and of what material they are. */
const present = z.strictObject({
  ...common,
  modality: modalitySchema,
  /** `x` is what is modelled. */
  fields: fieldsSchema.check(z.refine(({ x }) => x !== undefined, "there is no field x")),
  /** The label that the model tells; absent: none. */
  readout: z.exactOptional(z.strictObject({ field: z.string().check(z.maxLength(10_000)) })),
});

/** Formats 1 and 2: the columns of a table. */
const earlier = z.pipe(
  z.strictObject({
    ...common,
    columns: z.readonly(z.array(columnSchema).check(z.minLength(1), z.maxLength(100_000))),
    conditions: z.exactOptional(z.readonly(z.array(conditionColumnSchema).check(z.maxLength(100_000)))),
  }),
  z.transform(({ columns, conditions, ...config }) => ({
    ...config,
    modality: modalityOfOldRun(columns, config.data.schema.grid),
    fields: tableFields({ columns, ...(conditions && { conditions }) }),
  })),
);

/**
 * The configuration of a run, `config.json` without its version: all that is needed to build its model again and to go
 * on training. Nothing in it depends on when or how fast it was run.
 */
export const runConfig = z.pipe(
  z.pipe(
    z.looseObject({}),
    z.transform(
      (config, { issues }): z.output<typeof present> =>
        checkedBy("columns" in config ? earlier : present, config, [], issues),
    ),
  ),
  z.transform((config, { issues }) => ({
    ...config,
    model: checkedBy(modelFamilies[config.family].options, config.model, ["model"], issues),
  })),
);

/** What a schema makes of values that stand at a path; what it refuses is told there. */
function checkedBy<Output>(
  schema: z.ZodMiniType<Output>,
  input: unknown,
  at: readonly string[],
  issues: z.core.ParsePayload["issues"],
): Output {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  for (const { message, path } of result.error.issues)
    issues.push({ code: "custom", message, path: [...at, ...path], input });
  return z.NEVER;
}

/** The configuration of a run, `config.json` without its version. */
export type RunConfig = z.output<typeof runConfig>;
