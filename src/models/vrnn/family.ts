import { type LatentFamilyName, latentFamilies } from "../../distributions/latent/families.ts";
import { type CellName, cells } from "../../nn/cells.ts";
import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { centerNames, emissionNames, family, latentFacts, size } from "../family.ts";
import { type PriorName, priors } from "./prior.ts";
import { initialStateNames, latentScopes, Vrnn } from "./vrnn.ts";

export const cellNames = Object.keys(cells) as [CellName, ...CellName[]];
export const latentFamilyNames = Object.keys(latentFamilies) as [LatentFamilyName, ...LatentFamilyName[]];
const priorNames = Object.keys(priors) as [PriorName, ...PriorName[]];

/** What each does is said by `cli/vrnn-help.ts`: nearly every page loads this family, and has no help. */
export const vrnnOptions = z.strictObject({
  hidden: option(z._default(size, 64), {
    flag: "--hidden <units>",
  }),
  latent: option(z._default(z.int().check(z.minimum(0), z.maximum(65_536)), 16), {
    flag: "--latent <units>",
  }),
  latentScope: option(z._default(z.enum(latentScopes), "step"), {
    flag: "--latent-scope <name>",
    needs: "latents",
  }),
  latentFamily: option(z._default(z.enum(latentFamilyNames), "normal"), {
    flag: "--latent-family <name>",
    needs: "latents",
  }),
  cell: option(z._default(z.enum(cellNames), "gru"), {
    flag: "--cell <name>",
  }),
  layers: option(z._default(z.int().check(z.minimum(1), z.maximum(64)), 1), {
    flag: "--layers <count>",
  }),
  residual: option(z._default(z.boolean(), true), {
    flag: "--no-residual",
    needs: "latents",
  }),
  emission: emissionNames,
  center: centerNames,
  prior: option(z._default(z.enum(priorNames), "state"), {
    flag: "--prior <name>",
    needs: "latents",
  }),
  layerNorm: option(z._default(z.boolean(), false), {
    flag: "--layer-norm",
  }),
  initial: option(z._default(z.enum(initialStateNames), "zero"), {
    flag: "--initial <name>",
    needs: "conditions",
    materials: ["table", "strokes"],
  }),
  embedding: option(z._default(size, 64), {
    flag: "--embedding <size>",
    materials: ["text"],
  }),
  tied: option(z._default(z.boolean(), false), {
    flag: "--tied",
    materials: ["text"],
  }),
  bagOfWords: option(z._default(z.boolean(), false), {
    flag: "--bag-of-words",
    needs: "latents",
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
    has: [
      "latents",
      "dropoutSites",
      "recurrentWeights",
      "conditions",
      "labels",
      "choices",
      "units",
      "particles",
    ],
  },
  latentFacts,
);
