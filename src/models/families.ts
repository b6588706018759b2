import * as z from "zod";
import type { Column, ConditionColumn } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { type CellName, cells } from "../nn/cells.ts";
import { didYouMean } from "../text/nearest.ts";
import { Hmm } from "./hmm/hmm.ts";
import type { Model } from "./model.ts";
import { Srnn } from "./srnn/srnn.ts";
import { type PriorName, priors } from "./vrnn/prior.ts";
import { initialStateNames, Vrnn } from "./vrnn/vrnn.ts";

/** A kind of model: its options, with their defaults and limits, and how one is built for given columns. */
export interface ModelFamily {
  readonly options: z.ZodType<ModelOptions>;
  /** What there is to say of a model in a few words: rows for reports and listings. */
  describe(options: ModelOptions): readonly ModelFact[];
  /** @throws ZodError when the options do not fit, VrnnError when the columns cannot be modelled so. */
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
function family<Schema extends z.ZodType<ModelOptions>>(
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

const size = z.int().min(1).max(65_536);
const cellNames = Object.keys(cells) as [CellName, ...CellName[]];
const priorNames = Object.keys(priors) as [PriorName, ...PriorName[]];

const vrnnOptions = z.strictObject({
  hidden: size
    .default(64)
    .meta({ flag: "--hidden <units>", help: "width of the hidden layers and of the state" }),
  latent: size.default(16).meta({ flag: "--latent <units>", help: "latent variables per step" }),
  cell: z
    .enum(cellNames)
    .default("gru")
    .meta({ flag: "--cell <name>", help: `recurrent cell: ${cellNames.join(", ")}` }),
  layers: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .meta({ flag: "--layers <count>", help: "recurrent cells on top of each other" }),
  residual: z.boolean().default(true).meta({
    flag: "--no-residual",
    help: "a posterior mean of its own, not a correction of the prior's",
  }),
  emission: z.array(z.string()).max(10_000).default([]).meta({
    flag: "--emission <names>",
    help: "output distributions: mixture, load=student-t for a column, bivariate for dx and dy of drawings",
  }),
  prior: z.enum(priorNames).default("state").meta({
    flag: "--prior <name>",
    help: "of the latent variables: from the state, or standard (VRNN-I)",
  }),
  layerNorm: z
    .boolean()
    .default(false)
    .meta({ flag: "--layer-norm", help: "layer normalisation of hidden layers and gates" }),
  initial: z
    .enum(initialStateNames)
    .default("zero")
    .meta({
      flag: "--initial <name>",
      help: `state before the first step: ${initialStateNames.join(" or ")} (from --static and --covariates)`,
    }),
});

const networkFacts = ({ hidden, latent }: { hidden: number; latent: number }): readonly ModelFact[] => [
  { label: "hidden units, latent variables", value: `${hidden}, ${latent}` },
];

const srnnOptions = vrnnOptions.pick({
  hidden: true,
  latent: true,
  cell: true,
  residual: true,
  emission: true,
});

const hmmOptions = z.strictObject({
  states: z.int().min(1).max(4096).default(8).meta({ flag: "--states <count>", help: "hidden states" }),
  emission: vrnnOptions.shape.emission,
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
    networkFacts,
  ),
  srnn: family(
    srnnOptions,
    ({ columns, conditions }, options) => new Srnn({ columns, conditions, ...options }),
    networkFacts,
  ),
  hmm: family(
    hmmOptions,
    ({ columns, conditions = [] }, options) => {
      if (conditions.length > 0) throw withoutConditions("a hidden Markov model");
      return new Hmm({ columns, ...options });
    },
    ({ states }) => [{ label: "hidden states", value: `${states}` }],
  ),
} as const satisfies Record<string, ModelFamily>;

/** The name of a family. */
export type FamilyName = keyof typeof modelFamilies;

export const familyNames = Object.keys(modelFamilies) as [FamilyName, ...FamilyName[]];

const withoutConditions = (what: string): VrnnError =>
  new VrnnError("model/conditions", `${what} takes nothing beside the data`, {
    remedy: "model the static columns and covariates like the others, or choose another family",
  });

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
