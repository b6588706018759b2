import * as z from "zod";
import { type CellName, cells } from "../../nn/cells.ts";
import { emissionNames, family, size } from "../family.ts";
import { type PriorName, priors } from "./prior.ts";
import { initialStateNames, Vrnn } from "./vrnn.ts";

const cellNames = Object.keys(cells) as [CellName, ...CellName[]];
const priorNames = Object.keys(priors) as [PriorName, ...PriorName[]];

export const vrnnOptions = z.strictObject({
  hidden: size
    .default(64)
    .meta({ flag: "--hidden <units>", help: "width of the hidden layers and of the state" }),
  latent: z
    .int()
    .min(0)
    .max(65_536)
    .default(16)
    .meta({ flag: "--latent <units>", help: "latent variables per step; 0: a recurrent network without" }),
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
  emission: emissionNames,
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
  embedding: size
    .default(64)
    .meta({ flag: "--embedding <size>", help: "text: how many numbers stand for a token" }),
  tied: z
    .boolean()
    .default(false)
    .meta({ flag: "--tied", help: "text: the embedding also says which token comes next" }),
});

export const vrnn = family(
  vrnnOptions,
  {
    columns: ({ columns, conditions }, options) => new Vrnn({ columns, conditions, ...options }),
    tokens: ({ tokens }, options) => new Vrnn({ tokens, ...options }),
  },
  ({ hidden, latent }) => [{ label: "hidden units, latent variables", value: `${hidden}, ${latent}` }],
);
