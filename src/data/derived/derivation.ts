/** Covariates that no file tells: how each is made of a sequence, as a run keeps it. */
import * as z from "../../zod.ts";
import { cycleNames, levelNames, phases } from "./names.ts";

/** Where the clock hangs, as the time zone database names it (`Europe/Berlin`), or how far it is from UTC (`+02:00`). */
const zone = z.exactOptional(z.string().check(z.maxLength(100)));

/** What a column was some steps before. */
const lag = z.strictObject({
  kind: z.literal("lag"),
  of: z.string().check(z.maxLength(10_000)),
  steps: z.int().check(z.minimum(1), z.maximum(10_000_000)),
});

/** How a covariate is made of the times or the values of a sequence. */
export const derivationSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("cycle"), of: z.enum(cycleNames), phase: z.enum(phases), zone }),
  z.strictObject({ kind: z.literal("level"), of: z.enum(levelNames), zone }),
  z.strictObject({ kind: z.literal("weekend"), zone }),
  /** The days are counted from 1970-01-01. */
  z.strictObject({
    kind: z.literal("holiday"),
    days: z.readonly(z.array(z.int()).check(z.maxLength(100_000))),
    zone,
  }),
  /** The usual distance between steps, in seconds, is what elapsed time is measured by. */
  z.strictObject({ kind: z.literal("elapsed"), usual: z.number().check(z.gt(0)) }),
  lag,
]);

/** How a covariate is made of the times or the values of a sequence. */
export type Derivation = z.output<typeof derivationSchema>;

/** What every derivation of a kind tells. */
export type DerivationOf<Kind extends Derivation["kind"]> = Extract<Derivation, { kind: Kind }>;
