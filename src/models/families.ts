import * as z from "zod";
import type { Column, ConditionColumn } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { type CellName, cells } from "../nn/cells.ts";
import { Hmm } from "./hmm/hmm.ts";
import type { Model } from "./model.ts";
import { Srnn } from "./srnn/srnn.ts";
import { type PriorName, priors } from "./vrnn/prior.ts";
import { initialStateNames, Vrnn } from "./vrnn/vrnn.ts";

/** A kind of model: its options, with their defaults and limits, and how one is built for given columns. */
export interface ModelFamily {
  readonly options: z.ZodType<ModelOptions>;
  /** @throws ZodError when the options do not fit, VrnnError when the columns cannot be modelled so. */
  build(given: ModelColumns, options: unknown): Model;
}

/** What a model is of, and what it takes beside it. */
export interface ModelColumns {
  readonly columns: readonly Column[];
  readonly conditions?: readonly ConditionColumn[] | undefined;
}

/** Options of a family, as a configuration holds them. */
export type ModelOptions = Readonly<Record<string, unknown>>;

function family<Schema extends z.ZodType<ModelOptions>>(
  options: Schema,
  build: (given: ModelColumns, options: z.output<Schema>) => Model,
): ModelFamily {
  return { options, build: (given, values) => build(given, options.parse(values)) };
}

const size = z.int().min(1).max(65_536);

const vrnnOptions = z.strictObject({
  hidden: size.default(64),
  latent: size.default(16),
  cell: z.enum(Object.keys(cells) as [CellName, ...CellName[]]).default("gru"),
  layers: z.int().min(1).max(64).default(1),
  residual: z.boolean().default(true),
  emission: z.array(z.string()).max(10_000).default([]),
  prior: z.enum(Object.keys(priors) as [PriorName, ...PriorName[]]).default("state"),
  layerNorm: z.boolean().default(false),
  initial: z.enum(initialStateNames).default("zero"),
});

const srnnOptions = vrnnOptions.pick({
  hidden: true,
  latent: true,
  cell: true,
  residual: true,
  emission: true,
});

const hmmOptions = z.strictObject({
  states: z.int().min(1).max(4096).default(8),
  emission: z.array(z.string()).max(10_000).default([]),
});

/**
 * Every kind of model by its name in a run's configuration.
 *
 * @example
 * modelFamilies.vrnn.build(data, { hidden: 32, latent: 8 }).latentSize; // 8
 */
export const modelFamilies = {
  vrnn: family(
    vrnnOptions,
    ({ columns, conditions }, options) => new Vrnn({ columns, conditions, ...options }),
  ),
  srnn: family(
    srnnOptions,
    ({ columns, conditions }, options) => new Srnn({ columns, conditions, ...options }),
  ),
  hmm: family(hmmOptions, ({ columns, conditions = [] }, options) => {
    if (conditions.length > 0) throw withoutConditions("a hidden Markov model");
    return new Hmm({ columns, ...options });
  }),
} as const satisfies Record<string, ModelFamily>;

/** The name of a family. */
export type FamilyName = keyof typeof modelFamilies;

export const familyNames = Object.keys(modelFamilies) as [FamilyName, ...FamilyName[]];

const withoutConditions = (what: string): VrnnError =>
  new VrnnError("model/conditions", `${what} takes nothing beside the data`, {
    remedy: "model the static columns and covariates like the others, or choose another family",
  });
