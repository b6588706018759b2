/** Fields as they are stored in a run, read as hostile input. */
import * as z from "../zod.ts";
import { type ColumnKind, columnKinds, conditionRoles, type TimeColumn } from "./dataset.ts";
import { derivationSchema } from "./derived/derivation.ts";
import { type Field, type Fields, fieldAxes, fieldRoles, frameStorages } from "./fields.ts";
import { scaleSteps } from "./scale-steps.ts";
import { dateOrders } from "./tables/answers.ts";
import { tokenUnits } from "./text/tokens.ts";

const name = z.string().check(z.maxLength(10_000));
const names = z.readonly(z.array(name).check(z.maxLength(100_000)));
const shares = z.readonly(z.array(z.number().check(z.minimum(0), z.maximum(1))));

const columnFields = {
  name,
  kind: z.enum(columnKinds),
  levels: names,
  resolution: z.number().check(z.minimum(0)),
  origin: z.exactOptional(z.number().check(z.minimum(0))),
  range: z.exactOptional(z.readonly(z.tuple([z.number(), z.number()]))),
  mean: z.number(),
  standardDeviation: z.number().check(z.minimum(0)),
  minimum: z.number(),
  maximum: z.number(),
  missing: z.number().check(z.minimum(0), z.maximum(1)),
  shares,
  spreads: z.exactOptional(z.record(z.string().check(z.maxLength(100)), z.number().check(z.minimum(0)))),
  damping: z.exactOptional(
    z.record(z.string().check(z.maxLength(100)), z.number().check(z.minimum(0), z.maximum(1))),
  ),
};

interface Levels {
  readonly kind: ColumnKind;
  readonly levels: readonly string[];
  readonly shares: readonly number[];
}

function checkLevels({ kind, levels, shares }: Levels, context: z.core.$RefinementCtx): void {
  if (kind === "categorical" && levels.length === 0)
    context.addIssue({ code: "custom", message: "a categorical column needs levels" });
  if (levels.length !== shares.length)
    context.addIssue({ code: "custom", message: "there must be a share for each level" });
}

/** Runs of formats before 4 call the standard deviation of a column its deviation. */
const standardNames = z.transform((stored: unknown): unknown => {
  if (typeof stored !== "object" || stored === null || !("deviation" in stored)) return stored;
  const { deviation, ...others } = stored;
  return { standardDeviation: deviation, ...others };
});

/** A column with its statistics. */
export const columnSchema = z.pipe(
  standardNames,
  z.strictObject(columnFields).check(z.superRefine(checkLevels)),
);

/** A column that is known and not modelled. */
export const conditionColumnSchema = z.pipe(
  standardNames,
  z
    .strictObject({
      ...columnFields,
      role: z.enum(conditionRoles),
      derived: z.exactOptional(derivationSchema),
    })
    .check(z.superRefine(checkLevels)),
);

/** The column that told when each step was. */
export const timeColumnSchema = z.strictObject({
  name,
  kind: z.enum(["number", "date", "duration"]),
  perSecond: z.exactOptional(z.number().check(z.gt(0))),
  isEpoch: z.exactOptional(z.literal(true)),
  order: z.exactOptional(z.enum(dateOrders)),
  isDay: z.exactOptional(z.literal(true)),
  clock: z.exactOptional(name),
  zone: z.exactOptional(name),
}) satisfies z.ZodMiniType<TimeColumn>;

/** A vocabulary; tokens are all different. */
const vocabularySchema = z.strictObject({
  unit: z.enum(tokenUnits),
  tokens: z
    .readonly(z.array(name).check(z.maxLength(10_000_000)))
    .check(z.refine((tokens) => new Set(tokens).size === tokens.length, "a token stands there twice")),
  lowercase: z.exactOptional(z.boolean()),
  merges: z.exactOptional(
    z.readonly(z.array(z.readonly(z.tuple([name, name]))).check(z.maxLength(10_000_000))),
  ),
});

const placed = { role: z.enum(fieldRoles), axis: z.enum(fieldAxes) };

/** A field. */
const fieldSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("columns"),
    ...placed,
    columns: z.readonly(
      z.array(z.union([columnSchema, conditionColumnSchema])).check(z.minLength(1), z.maxLength(100_000)),
    ),
    scaleSteps: z.exactOptional(scaleSteps),
  }),
  z.strictObject({
    kind: z.literal("tokens"),
    ...placed,
    vocabulary: vocabularySchema,
    longest: z.exactOptional(z.int().check(z.minimum(1))),
  }),
  z.strictObject({
    kind: z.literal("frames"),
    ...placed,
    shape: z.readonly(z.array(z.int().check(z.minimum(1), z.maximum(1_000_000))).check(z.maxLength(8))),
    storage: z.enum(frameStorages),
    range: z
      .readonly(z.tuple([z.number(), z.number()]))
      .check(z.refine(([lowest, highest]) => lowest < highest, "the range must go up")),
  }),
  z.strictObject({
    kind: z.literal("features"),
    ...placed,
    size: z.int().check(z.minimum(1), z.maximum(2 ** 24)),
  }),
  z
    .strictObject({
      kind: z.literal("label"),
      ...placed,
      levels: names.check(z.refine(({ length }) => length > 0, "a label needs levels")),
      shares: z.exactOptional(shares),
      byClass: z.exactOptional(z.literal(true)),
    })
    .check(
      z.refine(
        (label) => label.shares === undefined || label.shares.length === label.levels.length,
        "there must be a share for each level",
      ),
    ),
]) satisfies z.ZodMiniType<Field>;

/** The fields of a data set, by name. */
export const fieldsSchema = z.record(name, fieldSchema) satisfies z.ZodMiniType<Fields>;
