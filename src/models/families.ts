import type { Column, ConditionColumn } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { type CellName, cells } from "../nn/cells.ts";
import { option } from "../options.ts";
import { didYouMean } from "../text/nearest.ts";
import * as z from "../zod.ts";
import type { Model } from "./model.ts";
import { type PriorName, priors } from "./vrnn/prior.ts";
import { initialStateNames, Vrnn } from "./vrnn/vrnn.ts";

/** A kind of model: its options, with their defaults and limits, and how one is built for given columns. */
export interface ModelFamily {
  readonly options: z.ZodMiniType<ModelOptions>;
  /** What there is to say of a model in a few words: rows for reports and listings. */
  describe(options: ModelOptions): readonly ModelFact[];
  /** @throws `z.core.$ZodError` when the options do not fit, VrnnError when the columns cannot be modelled so. */
  build(given: ModelColumns, options: unknown): Model;
}

/** Something to say of a model. */
export interface ModelFact {
  readonly label: string;
  readonly value: string;
}

/** What a model is of, and what it takes beside it. */
export interface ModelColumns {
  readonly columns: readonly Column[];
  readonly conditions?: readonly ConditionColumn[] | undefined;
}

/** Options of a family, as a configuration holds them. */
export type ModelOptions = Readonly<Record<string, unknown>>;

/** How a family is put together: its options are checked before anything else sees them. */
function family<Schema extends z.ZodMiniType<ModelOptions>>(
  options: Schema,
  build: (given: ModelColumns, options: z.output<Schema>) => Model,
  describe: (options: z.output<Schema>) => readonly ModelFact[],
): ModelFamily {
  return {
    options,
    describe: (values) => describe(options.parse(values)),
    build: (given, values) => build(given, options.parse(values)),
  };
}

const size = z.int().check(z.minimum(1), z.maximum(65_536));
const cellNames = Object.keys(cells) as [CellName, ...CellName[]];
const priorNames = Object.keys(priors) as [PriorName, ...PriorName[]];

const vrnnOptions = z.strictObject({
  hidden: option(z._default(size, 64), {
    flag: "--hidden <units>",
    help: "width of the hidden layers and of the state",
  }),
  latent: option(z._default(size, 16), { flag: "--latent <units>", help: "latent variables per step" }),
  cell: option(z._default(z.enum(cellNames), "gru"), {
    flag: "--cell <name>",
    help: `recurrent cell: ${cellNames.join(", ")}`,
  }),
  layers: option(z._default(z.int().check(z.minimum(1), z.maximum(64)), 1), {
    flag: "--layers <count>",
    help: "recurrent cells on top of each other",
  }),
  residual: option(z._default(z.boolean(), true), {
    flag: "--no-residual",
    help: "a posterior mean of its own, not a correction of the prior's",
  }),
  emission: option(z._default(z.array(z.string()).check(z.maxLength(10_000)), []), {
    flag: "--emission <names>",
    help: "output distributions: mixture, load=student-t for a column, bivariate for dx and dy of drawings",
  }),
  prior: option(z._default(z.enum(priorNames), "state"), {
    flag: "--prior <name>",
    help: "of the latent variables: from the state, or standard (VRNN-I)",
  }),
  layerNorm: option(z._default(z.boolean(), false), {
    flag: "--layer-norm",
    help: "layer normalisation of hidden layers and gates",
  }),
  initial: option(z._default(z.enum(initialStateNames), "zero"), {
    flag: "--initial <name>",
    help: `state before the first step: ${initialStateNames.join(" or ")} (from --static and --covariates)`,
  }),
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
    ({ hidden, latent }) => [{ label: "hidden units, latent variables", value: `${hidden}, ${latent}` }],
  ),
} as const satisfies Record<string, ModelFamily>;

/** The name of a family. */
export type FamilyName = keyof typeof modelFamilies;

export const familyNames = Object.keys(modelFamilies) as [FamilyName, ...FamilyName[]];

/**
 * The name of a family, for a word that may be one.
 *
 * @throws VrnnError `options/invalid`, which names the family that was meant, or all.
 */
export function familyNamed(name: string): FamilyName {
  const known = familyNames.find((family) => family === name);
  if (known !== undefined) return known;
  throw new VrnnError("options/invalid", `there is no model family "${name}"`, {
    remedy: didYouMean(name, familyNames, { otherwise: `the families are ${familyNames.join(", ")}` }),
  });
}
