/** Every objective by its name: a row each. */
import { capabilitiesOf, type Model } from "../models/model.ts";
import * as z from "../zod.ts";
import { crossEntropy, crossEntropyOptions } from "./cross-entropy.ts";
import { elbo, elboOptions } from "./elbo.ts";
import type { Objective } from "./objective.ts";
import { fivo, fivoOptions, iwae, iwaeOptions } from "./particle-bounds.ts";

/** An objective with its options, as a run stores them and the command line asks for them. */
export interface ObjectiveRow {
  readonly summary: string;
  /** The bound that is told of models with latent variables. */
  readonly bound: string;
  /** Whether it is about labels, which the data have to have and the model to tell. */
  readonly readsLabels: boolean;
  /** Its own options with their defaults, by name. */
  readonly options: Readonly<Record<string, z.ZodMiniType>>;
  create(options: unknown): Objective;
}

function row<Shape extends Readonly<Record<string, z.ZodMiniType>>>(
  summary: string,
  bound: string,
  options: Shape,
  create: (options: z.output<z.ZodMiniObject<Shape>>) => Objective,
  { readsLabels = false }: { readonly readsLabels?: boolean } = {},
): ObjectiveRow {
  const schema = z.object(options);
  return {
    summary,
    bound,
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
  elbo: row(
    "evidence lower bound, one sample a step and the divergence in closed form",
    "elbo",
    elboOptions,
    elbo,
  ),
  iwae: row("importance-weighted bound over particles that are never resampled", "iwae", iwaeOptions, iwae),
  fivo: row("filtering bound over particles that are resampled on the way", "fivo", fivoOptions, fivo),
  "cross-entropy": row(
    "labels told from the states, and a share of the bound",
    "elbo",
    crossEntropyOptions,
    crossEntropy,
    { readsLabels: true },
  ),
} as const satisfies Record<string, ObjectiveRow>;

/** The name of an objective. */
export type ObjectiveName = keyof typeof objectives;

export const objectiveNames = Object.keys(objectives) as [ObjectiveName, ...ObjectiveName[]];

/**
 * What the nats of a model are: a bound, or the likelihood itself where nothing is left out.
 *
 * @example
 * boundName("fivo", new Hmm({ columns, states: 3 })); // "log-likelihood"
 */
export const boundName = (objective: ObjectiveName, model: Model): string =>
  capabilitiesOf(model).exact ? "log-likelihood" : objectives[objective].bound;
