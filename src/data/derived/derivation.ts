/** Covariates that no file tells: how each is made of a sequence, as a run keeps it. */
import * as z from "../../zod.ts";

/** Parts of the calendar that go round without a step: each is given by the sine and the cosine of its place in the round. */
export const cycleNames = ["hour"] as const;
export type CycleName = (typeof cycleNames)[number];

export const phases = ["sine", "cosine"] as const;
export type Phase = (typeof phases)[number];

const cycle = z.strictObject({
  kind: z.literal("cycle"),
  of: z.enum(cycleNames),
  phase: z.enum(phases),
});

/** What a column was some steps before. */
const lag = z.strictObject({
  kind: z.literal("lag"),
  of: z.string().check(z.maxLength(10_000)),
  steps: z.int().check(z.minimum(1), z.maximum(10_000_000)),
});

/** How a covariate is made of the times or the values of a sequence. */
export const derivationSchema = z.discriminatedUnion("kind", [cycle, lag]);

/** How a covariate is made of the times or the values of a sequence. */
export type Derivation = z.output<typeof derivationSchema>;

/** What every derivation of a kind tells. */
export type DerivationOf<Kind extends Derivation["kind"]> = Extract<Derivation, { kind: Kind }>;
