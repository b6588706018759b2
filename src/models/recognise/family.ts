import { VrnnError } from "../../errors.ts";
import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import type { Steps } from "../classify/reader.ts";
import { family, latentFacts, size } from "../family.ts";
import { InputEncoder } from "../inputs.ts";
import { vrnn, vrnnOptions } from "../vrnn/family.ts";
import { Vrnn } from "../vrnn/vrnn.ts";
import { AcousticEncoder, hearings } from "./acoustic-encoder.ts";
import { recogniser } from "./recogniser.ts";

const { embedding: _, tied: __, bagOfWords: ___, ...ofColumns } = vrnnOptions.shape;

const recogniseOptions = z.strictObject({
  ...ofColumns,
  encoder: option(z._default(size, 320), {
    flag: "--encoder <units>",
    help: "width of each layer that listens, in each direction",
  }),
  encoderLayers: option(z._default(z.int().check(z.minimum(1), z.maximum(16)), 3), {
    flag: "--encoder-layers <count>",
    help: "layers that listen, one upon the other",
  }),
  besideWeight: option(z._default(z.number().check(z.minimum(0)), 0.3), {
    flag: "--letters-weight <weight>",
    help: "what a nat of the letters costs in training beside one of the phones, where a dictionary tells these",
  }),
  speed: option(z._default(z.number().check(z.minimum(0), z.maximum(0.5)), 0.1), {
    flag: "--speed <share>",
    help: "an utterance is quicker or slower by so much at most each time that it is learned from",
  }),
  pad: option(z._default(z.number().check(z.minimum(0), z.maximum(10)), 0), {
    flag: "--pad <seconds>",
    help: "silence before and behind a recording, so long at most each time that it is learned from",
  }),
  noise: option(z._default(z.number().check(z.minimum(0), z.maximum(10)), 0.15), {
    flag: "--noise <share>",
    help: "noise on the frames that are learned from, as a share of each number's deviation",
  }),
  masks: option(z._default(z.number().check(z.minimum(0), z.maximum(100)), 2), {
    flag: "--masks <count>",
    help: "stretches of steps left out of each hundred, anew each time that an utterance is learned from",
  }),
  maskSteps: option(z._default(size, 7), {
    flag: "--mask-steps <most>",
    help: "how long such a stretch is at most",
  }),
  warp: option(z._default(z.number().check(z.minimum(0), z.maximum(0.5)), 0.08), {
    flag: "--warp <share>",
    help: "frequencies of an utterance are warped by so much at most each time that it is learned from, as of another voice",
  }),
  maskBands: option(z._default(z.int().check(z.minimum(0), z.maximum(4096)), 3), {
    flag: "--mask-bands <most>",
    help: "neighbouring bands of frequencies left out of an utterance, so many at most",
  }),
  vrnnState: option(z._default(z.boolean(), true), {
    flag: "--no-vrnn-state",
    help: "the layers that listen hear the frames alone, not the state of the VRNN beside them",
  }),
  hears: option(z._default(z.enum(hearings), "past"), {
    flag: "--hears <what>",
    help: "past: it can follow live speech; both: the whole utterance, from either end",
  }),
});

export const recognise = family(
  recogniseOptions,
  {
    columns: (
      { columns, conditions, transcripts, scaleSteps },
      { encoder, encoderLayers, hears, vrnnState, besideWeight, ...options },
    ) => {
      if (transcripts === undefined)
        throw new VrnnError(
          "model/transcripts",
          "there is nothing to learn to write: the data have no transcripts",
          {
            at: "--model",
            remedy: "give speech with a file of transcripts beside it, or choose --model vrnn",
          },
        );
      const model = new Vrnn({ columns, conditions, units: scaleSteps !== undefined, ...options });
      const reader = new InputEncoder(columns);
      const read: Steps["read"] = (_, { values, mask }) => reader.encode(values, mask);
      const steps = { width: reader.width, read };
      const states = Object.fromEntries(
        Object.entries(vrnnState ? model.state : {}).map(([part, [width = 1]]) => [part, width]),
      );
      return recogniser(
        model,
        new AcousticEncoder({
          ...{ steps, states, hears, heads: transcripts, besideWeight },
          ...{ units: encoder, layers: encoderLayers },
        }),
      );
    },
    has: [...vrnn.has.filter((each) => each !== "labels" && each !== "choices"), "transcripts"],
  },
  latentFacts,
  {
    usual: {
      training: {
        ...{ objective: "ctc", batchSize: 16, schedule: "cosine", warmupSteps: 100, elboWeight: 0.01 },
        ...{ dropout: 0.3, weightAverage: 0.99 },
      },
    },
  },
);
