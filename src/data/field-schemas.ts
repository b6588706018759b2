/** Fields as they are stored in a run, read as hostile input. */
import * as z from "zod";
import { type ColumnKind, columnKinds, conditionRoles } from "./dataset.ts";
import { type Field, type Fields, fieldAxes, fieldRoles, frameStorages } from "./fields.ts";
import { tokenUnits } from "./text/vocabulary.ts";

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

/** A column with its statistics. */
export const columnSchema = z.strictObject(columnFields).superRefine(checkLevels);

/** A column that is known and not modelled. */
export const conditionColumnSchema = z
  .strictObject({ ...columnFields, role: z.enum(conditionRoles) })
  .superRefine(checkLevels);

/** A vocabulary; tokens are all different. */
export const vocabularySchema = z.strictObject({
  unit: z.enum(tokenUnits),
  tokens: z
    .array(name)
    .max(10_000_000)
    .readonly()
    .refine((tokens) => new Set(tokens).size === tokens.length, "a token stands there twice"),
  lowercase: z.boolean().exactOptional(),
});

const placed = { role: z.enum(fieldRoles), axis: z.enum(fieldAxes) };

/** A field. */
export const fieldSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("columns"),
    ...placed,
    columns: z
      .array(z.union([columnSchema, conditionColumnSchema]))
      .min(1)
      .max(100_000)
      .readonly(),
  }),
  z.strictObject({ kind: z.literal("tokens"), ...placed, vocabulary: vocabularySchema }),
  z.strictObject({
    kind: z.literal("frames"),
    ...placed,
    shape: z.array(z.int().min(1).max(1_000_000)).max(8).readonly(),
    storage: z.enum(frameStorages),
    range: z
      .tuple([z.number(), z.number()])
      .readonly()
      .refine(([lowest, highest]) => lowest < highest, "the range must go up"),
  }),
  z.strictObject({
    kind: z.literal("label"),
    ...placed,
    levels: names.refine(({ length }) => length > 0, "a label needs levels"),
  }),
]) satisfies z.ZodType<Field>;

/** The fields of a data set, by name. */
export const fieldsSchema = z.record(name, fieldSchema) satisfies z.ZodType<Fields>;
