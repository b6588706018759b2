/** Every objective by its name: a row each. */
import * as z from "../zod.ts";
import { crossEntropy, crossEntropyOptions } from "./cross-entropy.ts";
import { elbo, elboOptions } from "./elbo.ts";
import type { Objective } from "./objective.ts";
import { fivo, fivoOptions, iwae, iwaeOptions } from "./particle-bounds.ts";

/** An objective with its options, as a run stores them and the command line asks for them. */
export interface ObjectiveRow {
  readonly summary: string;
  /** What its bound is called, where it is not called like itself. */
  readonly bound?: string;
  /** Whether it is about labels, which the data have to have and the model to tell. */
  readonly readsLabels: boolean;
  /** Its own options with their defaults, by name. */
  readonly options: Readonly<Record<string, z.ZodMiniType>>;
  create(options: unknown): Objective;
}

function row<Shape extends Readonly<Record<string, z.ZodMiniType>>>(
  summary: string,
  options: Shape,
  create: (options: z.output<z.ZodMiniObject<Shape>>) => Objective,
  { bound, readsLabels = false }: Pick<ObjectiveRow, "bound"> & { readonly readsLabels?: boolean } = {},
): ObjectiveRow {
  const schema = z.object(options);
  return {
    summary,
    ...(bound !== undefined && { bound }),
    readsLabels,
    options,
    create: (values) => create(schema.parse(values) as z.output<z.ZodMiniObject<Shape>>),
  };
}

/**
 * @example
 * objectives.fivo.create({ particles: 8 }).particles; // { particles: 8, resampling: "systematic" }
 */
export const objectives = {
  elbo: row("evidence lower bound, one sample a step and the divergence in closed form", elboOptions, elbo),
  iwae: row("importance-weighted bound over particles that are never resampled", iwaeOptions, iwae),
  fivo: row("filtering bound over particles that are resampled on the way", fivoOptions, fivo),
  "cross-entropy": row(
    "labels told from the states, and a share of the bound",
    crossEntropyOptions,
    crossEntropy,
    { bound: "elbo", readsLabels: true },
  ),
} as const satisfies Record<string, ObjectiveRow>;

/** The name of an objective. */
export type ObjectiveName = keyof typeof objectives;

export const objectiveNames = Object.keys(objectives) as [ObjectiveName, ...ObjectiveName[]];
