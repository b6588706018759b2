import * as z from "../../zod.ts";
import { family } from "../family.ts";
import { vrnnOptions } from "../vrnn/family.ts";
import { Vrnn } from "../vrnn/vrnn.ts";

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
    columns: ({ columns, conditions, readout, scaleSteps }, options) =>
      new Vrnn({
        columns,
        conditions,
        units: scaleSteps !== undefined,
        ...options,
        latent: 0,
        ...(readout && { readout }),
      }),
    tokens: ({ tokens, readout }, options) =>
      new Vrnn({ tokens, ...options, latent: 0, ...(readout && { readout }) }),
    has: ["dropoutSites", "recurrentWeights", "conditions", "labels", "choices", "units", "particles"],
  },
  ({ hidden, layers }) => [{ label: "hidden units, layers", value: `${hidden}, ${layers}` }],
);
