import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { family, latentFacts, size } from "../family.ts";
import { vrnnOptions } from "../vrnn/family.ts";
import { latentScopes } from "../vrnn/vrnn.ts";
import { Translator } from "./translator.ts";

const { latentFamily, bagOfWords } = vrnnOptions.shape;

const translatorOptions = z.strictObject({
  hidden: option(z._default(size, 320), {
    flag: "--hidden <units>",
    help: "width of the state, and of the encoder in each direction",
  }),
  embedding: option(z._default(size, 256), {
    flag: "--embedding <size>",
    help: "how many numbers stand for a token",
  }),
  latent: option(z._default(z.int().check(z.minimum(0), z.maximum(65_536)), 0), {
    flag: "--latent <units>",
    help: "latent variables; 0: a network without",
  }),
  latentScope: option(z._default(z.enum(latentScopes), "sequence"), {
    flag: "--latent-scope <name>",
    help: "what they are of: the whole text (sequence), or each token that is written (step)",
    needs: "latents",
  }),
  latentFamily,
  bagOfWords,
});

export const translate = family(
  translatorOptions,
  {
    pairs: ({ pairs }, options) => new Translator({ tokens: pairs, ...options }),
    has: ["latents", "dropoutSites", "recurrentWeights", "choices", "particles"],
  },
  latentFacts,
  {
    usual: {
      schema: { source: "0" },
      training: {
        ...{ batchSize: 64, schedule: "cosine", warmupSteps: 400 },
        ...{ dropout: 0.3, labelSmoothing: 0.1, weightAverage: 0.999 },
      },
    },
  },
);
