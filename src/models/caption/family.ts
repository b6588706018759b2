import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { family, latentFacts, size } from "../family.ts";
import { vrnnOptions } from "../vrnn/family.ts";
import { Captioner } from "./captioner.ts";

const { latentFamily, bagOfWords } = vrnnOptions.shape;
const weight = z.number().check(z.minimum(0), z.maximum(1000));
const share = z.number().check(z.minimum(0), z.maximum(0.5));

const captionerOptions = z.strictObject({
  hidden: option(z._default(size, 256), { flag: "--hidden <units>", help: "width of the state" }),
  embedding: option(z._default(size, 128), {
    flag: "--embedding <size>",
    help: "how many numbers stand for a token",
  }),
  latent: option(z._default(z.int().check(z.minimum(0), z.maximum(65_536)), 16), {
    flag: "--latent <units>",
    help: "latent variables of the whole caption; 0: a network without",
  }),
  latentFamily,
  bagOfWords,
  widths: option(z._default(z.array(size).check(z.minLength(1), z.maxLength(12)), [24, 48, 96, 160]), {
    flag: "--widths <counts>",
    help: "channels of each stage that reads the picture, each of half the height and width of the one before",
    needs: "pixels",
  }),
  classWeight: option(z._default(weight, 1), {
    flag: "--class-weight <weight>",
    help: "what a nat of the picture's class costs in training beside one of each word, where there are classes",
  }),
  wordsWeight: option(z._default(weight, 0.2), {
    flag: "--words-weight <weight>",
    help: "the same of the caption's words in no order, told by the picture at once",
  }),
  flips: option(z._default(z.boolean(), true), {
    flag: "--no-flips",
    help: "pictures are learned from as they stand, not also upside down and in a mirror",
    needs: "pixels",
  }),
  turns: option(z._default(z.boolean(), false), {
    flag: "--turns",
    help: "each time they are turned by any angle, as pictures from above may be",
    needs: "pixels",
  }),
  zoom: option(z._default(share, 0.15), {
    flag: "--zoom <share>",
    help: "a part of a picture is made as large as the whole, without so much of its sides at most, anew each time that it is learned from",
    needs: "pixels",
  }),
  jitter: option(z._default(share, 0.2), {
    flag: "--jitter <share>",
    help: "its brightness, contrast and colours change by so much at most",
    needs: "pixels",
  }),
});

export const caption = family(
  captionerOptions,
  {
    captions: (
      { captions: tokens, picture, class: label, encoded },
      { flips: _, turns: __, zoom: ___, jitter: ____, ...options },
    ) => {
      const classes = label?.kind === "label" ? label.levels.length : undefined;
      const places = encoded?.kind === "frames" ? (encoded.shape as [number, number]) : undefined;
      return new Captioner({ tokens, picture, classes, encoded: places, ...options });
    },
    has: ["pixels", "latents", "dropoutSites", "recurrentWeights", "choices", "particles"],
  },
  ({ widths, ...options }, { encoded }) => [
    ...latentFacts(options),
    encoded?.kind === "frames"
      ? { label: "places that an encoder tells of, numbers of each", value: encoded.shape.join(", ") }
      : { label: "channels of the stages that read the picture", value: widths.join(", ") },
  ],
  {
    usual: {
      training: {
        ...{ batchSize: 32, schedule: "cosine", warmupSteps: 100, weightDecay: 0.01 },
        ...{ dropout: 0.4, labelSmoothing: 0.1, weightAverage: 0.998 },
      },
    },
  },
);
