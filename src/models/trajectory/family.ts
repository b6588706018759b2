import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { family, latentFacts, size } from "../family.ts";
import { vrnnOptions } from "../vrnn/family.ts";
import { Trajectory } from "./trajectory.ts";

const { latentFamily } = vrnnOptions.shape;

const trajectoryOptions = z.strictObject({
  hidden: option(z._default(size, 128), {
    flag: "--hidden <units>",
    help: "width of the hidden layers and of the state",
  }),
  latent: option(z._default(z.int().check(z.minimum(0), z.maximum(65_536)), 32), {
    flag: "--latent <units>",
    help: "latent variables per step; 0: a network without",
  }),
  latentFamily,
  emission: option(z._default(z.array(z.string()), ["bivariate"]), {
    flag: "--emission <names>",
    help: "the distribution of a move",
  }),
  center: option(z._default(z.array(z.string()), ["last"]), {
    flag: "--center <places>",
    help: "what a move is predicted from",
  }),
  pace: option(z._default(z.number().check(z.minimum(0), z.maximum(1)), 0), {
    flag: "--pace <share>",
    help: "each time that a stretch is learned from all walk faster or slower by such a share at most",
  }),
});

export const trajectory = family(
  trajectoryOptions,
  {
    tracks: ({ tracks, seen }, { pace: _, ...options }) =>
      new Trajectory({ columns: tracks, seen, ...options }),
    has: ["latents", "dropoutSites", "recurrentWeights", "particles"],
  },
  latentFacts,
  {
    usual: {
      schema: { agent: "auto" },
      training: { batchSize: 64, schedule: "cosine", warmupSteps: 400, weightAverage: 0.999 },
    },
  },
);
