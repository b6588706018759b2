import { type LatentFamilyName, latentFamilies } from "../../distributions/latent/families.ts";
import { type CellName, cells } from "../../nn/cells.ts";
import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { emissionNames, family, latentFacts, size } from "../family.ts";
import { type PriorName, priors } from "./prior.ts";
import { initialStateNames, Vrnn } from "./vrnn.ts";

const cellNames = Object.keys(cells) as [CellName, ...CellName[]];
const latentFamilyNames = Object.keys(latentFamilies) as [LatentFamilyName, ...LatentFamilyName[]];
const priorNames = Object.keys(priors) as [PriorName, ...PriorName[]];

export const vrnnOptions = z.strictObject({
  hidden: option(z._default(size, 64), {
    flag: "--hidden <units>",
    help: "width of the hidden layers and of the state",
  }),
  latent: option(z._default(z.int().check(z.minimum(0), z.maximum(65_536)), 16), {
    flag: "--latent <units>",
    help: "latent variables per step; 0: a recurrent network without",
  }),
  latentFamily: option(z._default(z.enum(latentFamilyNames), "normal"), {
    flag: "--latent-family <name>",
    help: `distribution of the latent variables: ${latentFamilyNames.join(", ")}`,
    needs: "latents",
  }),
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
    needs: "latents",
  }),
  emission: emissionNames,
  prior: option(z._default(z.enum(priorNames), "state"), {
    flag: "--prior <name>",
    help: "of the latent variables: from the state, or standard (VRNN-I)",
    needs: "latents",
  }),
  layerNorm: option(z._default(z.boolean(), false), {
    flag: "--layer-norm",
    help: "layer normalisation of hidden layers and gates",
  }),
  initial: option(z._default(z.enum(initialStateNames), "zero"), {
    flag: "--initial <name>",
    help: `state before the first step: ${initialStateNames.join(" or ")} (from --static and --covariates)`,
    needs: "conditions",
    materials: ["table", "strokes"],
  }),
  embedding: option(z._default(size, 64), {
    flag: "--embedding <size>",
    help: "text: how many numbers stand for a token",
    materials: ["text"],
  }),
  tied: option(z._default(z.boolean(), false), {
    flag: "--tied",
    help: "text: the embedding also says which token comes next",
    materials: ["text"],
  }),
});

export const vrnn = family(
  vrnnOptions,
  {
    columns: ({ columns, conditions, readout, scaleSteps }, options) =>
      new Vrnn({
        columns,
        conditions,
        units: scaleSteps !== undefined,
        ...options,
        ...(readout && { readout }),
      }),
    tokens: ({ tokens, readout }, options) => new Vrnn({ tokens, ...options, ...(readout && { readout }) }),
    has: ["latents", "dropoutSites", "conditions", "labels", "units", "particles"],
  },
  latentFacts,
);
