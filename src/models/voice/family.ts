import { metaOf, option } from "../../options.ts";
import * as z from "../../zod.ts";
import { deepFamily, deepOptions, residual } from "../deep-family.ts";
import { size } from "../family.ts";
import { Srnn } from "../srnn/srnn.ts";

const { hidden, latent, emission } = deepOptions;

/**
 * What speaks: an SRNN, whose posterior reads the whole utterance, over mel bands that are told together by a mixture, given what is
 * said, by whom and for how long. It has the options and the networks of an SRNN; other values are usual.
 */
export const voice = {
  ...deepFamily(Srnn, {
    residual,
    hidden: option(z._default(size, 256), metaOf(hidden)),
    latent: option(z._default(size, 32), metaOf(latent)),
    emission: option(z._default(z.array(z.string()).check(z.maxLength(10_000)), ["gmm"]), metaOf(emission)),
  }),
  usual: {
    schema: { features: "mel" },
    training: {
      ...{ batchSize: 16, schedule: "cosine", warmupSteps: 100, learningRate: 0.002, clip: 1 },
      ...{ klWarmupSteps: 1500, freeBits: 0.1, dropoutAt: { x: 0.2 }, weightAverage: 0.99 },
    },
  },
};
