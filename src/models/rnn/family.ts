import * as z from "../../zod.ts";
import { family } from "../family.ts";
import { vrnn, vrnnOptions } from "../vrnn/family.ts";

const { hidden, cell, layers, emission, center, layerNorm, initial, embedding, tied } = vrnnOptions.shape;

const rnnOptions = z.strictObject({
  hidden,
  cell,
  layers,
  emission,
  center,
  layerNorm,
  initial,
  embedding,
  tied,
});

/** The VRNN without its latent variables: a recurrent network whose likelihood is exact (RNN-Gauss and RNN-GMM of Chung et al. 2015). */
export const rnn = family(
  rnnOptions,
  {
    columns: (given, options) => vrnn.build(given, { ...options, latent: 0 }),
    tokens: (given, options) => vrnn.build(given, { ...options, latent: 0 }),
    has: ["dropoutSites", "recurrentWeights", "conditions", "labels", "choices", "units", "particles"],
  },
  ({ hidden, layers }) => [{ label: "hidden units, layers", value: `${hidden}, ${layers}` }],
);
