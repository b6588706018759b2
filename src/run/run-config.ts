import { columnSchema, conditionColumnSchema } from "../data/field-schemas.ts";
import { modelFamilies } from "../models/families.ts";
import { familyNames } from "../models/loading.ts";
import { trainingOptions } from "../train/options.ts";
import * as z from "../zod.ts";
import { dataSchema } from "./data-schema.ts";

/**
 * The configuration of a run, `config.json` without its version: all that is needed to build its model again and to go
 * on training. Nothing in it depends on when or how fast it was run.
 */
export const runConfig = z.pipe(
  z.strictObject({
    /** The version of the project that began the run. */
    vrnn: z.string().check(z.maxLength(100)),
    family: z.enum(familyNames),
    model: z.record(z.string(), z.unknown()),
    training: trainingOptions,
    data: z.strictObject({
      /** Where they were, from the root on, so that the run can be resumed from any folder. */
      path: z.string().check(z.minLength(1)),
      /** A checksum of the values, so that a resumed run can tell that they are the same. */
      digest: z.string().check(z.maxLength(100)),
      schema: dataSchema,
    }),
    columns: z.readonly(z.array(columnSchema).check(z.minLength(1), z.maxLength(100_000))),
    conditions: z.exactOptional(z.readonly(z.array(conditionColumnSchema).check(z.maxLength(100_000)))),
  }),
  z.transform((config, { issues }) => {
    const model = modelFamilies[config.family].options.safeParse(config.model);
    if (model.success) return { ...config, model: model.data };
    for (const { message, path } of model.error.issues)
      issues.push({ code: "custom", message, path: ["model", ...path], input: config.model });
    return z.NEVER;
  }),
);

/** The configuration of a run, `config.json` without its version. */
export type RunConfig = z.output<typeof runConfig>;
