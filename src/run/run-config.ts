import * as z from "zod";
import { type ColumnKind, columnKinds, conditionRoles } from "../data/dataset.ts";
import { familyNames, modelFamilies } from "../models/families.ts";
import { trainingOptions } from "../train/options.ts";
import { dataSchema, name, names } from "./data-schema.ts";

const columnFields = {
  name,
  kind: z.enum(columnKinds),
  levels: names.readonly(),
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
