import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { family, latentFacts, size } from "../family.ts";
import { vrnnOptions } from "../vrnn/family.ts";
import { Srnn } from "./srnn.ts";

const { hidden, latentFamily, cell, residual, emission, center, embedding, tied } = vrnnOptions.shape;

const srnnOptions = z.strictObject({
  hidden,
  latentFamily,
  cell,
  residual,
  emission,
  center,
  embedding,
  tied,
  latent: option(z._default(size, 16), { flag: "--latent <units>", help: "latent variables per step" }),
});

export const srnn = family(
  srnnOptions,
  {
    columns: ({ columns, conditions, scaleSteps }, options) =>
      new Srnn({ columns, conditions, units: scaleSteps !== undefined, ...options }),
    tokens: ({ tokens }, options) => new Srnn({ tokens, ...options }),
    has: ["latents", "dropoutSites", "conditions", "choices", "units", "particles"],
  },
  latentFacts,
);
