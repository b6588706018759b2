import { VrnnError } from "../../errors.ts";
import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { tokenEnds } from "../ends.ts";
import { family, latentFacts, size } from "../family.ts";
import { InputEncoder } from "../inputs.ts";
import type { Model } from "../model.ts";
import type { LabelReadout } from "../readout.ts";
import { vrnn, vrnnOptions } from "../vrnn/family.ts";
import { Vrnn, type VrnnOptions } from "../vrnn/vrnn.ts";
import { classifier } from "./classifier.ts";
import { Reader, type ReaderOptions, type Steps } from "./reader.ts";

const classifyOptions = z.strictObject({
  ...vrnnOptions.shape,
  hidden: option(z._default(size, 64), {
    flag: "--hidden <units>",
    help: "width of the state of the generative part",
  }),
  reader: option(z._default(size, 128), {
    flag: "--reader <units>",
    help: "width of what reads for the label, in each direction",
  }),
  nGrams: option(z._default(z.boolean(), true), {
    flag: "--no-n-grams",
    help: "without the hashed n-grams that go straight into the logits",
    materials: ["text"],
  }),
});

export const classify = family(
  classifyOptions,
  {
    columns: ({ columns, conditions, readout, scaleSteps }, { reader, nGrams: _, ...options }) => {
      const encoder = new InputEncoder(columns);
      const read: Steps["read"] = (_, { values, mask }) => encoder.encode(values, mask);
      const steps = { width: encoder.width, read };
      const units = scaleSteps !== undefined;
      return built({ columns, conditions, units, ...options }, { readout, steps, reader });
    },
    tokens: ({ tokens, grams, readout }, { reader, nGrams, ...options }) => {
      const { reads: width, read } = tokenEnds({ tokens, ...options }, options.hidden);
      const count = nGrams && grams?.kind === "features" ? grams.size : undefined;
      const own = { readout, steps: { width, read }, reader, grams: count };
      return built({ tokens, ...options }, own);
    },
    has: vrnn.has,
  },
  latentFacts,
  {
    usual: {
      training: {
        ...{ objective: "cross-entropy", batchSize: 64, schedule: "cosine", warmupSteps: 100 },
        ...{ dropout: 0.4, dropoutSpan: "window", labelSmoothing: 0.1, weightAverage: 0.99 },
      },
    },
  },
);

interface Reading extends Pick<ReaderOptions, "steps" | "reader" | "grams"> {
  readonly readout: LabelReadout | undefined;
}

/** @throws VrnnError `model/readout` where there is no label, or one of each step */
function built(options: VrnnOptions, { readout, ...reading }: Reading): Model {
  if (readout === undefined || readout.over === "step")
    throw new VrnnError("model/readout", "this family tells one label of each sequence", {
      at: "--model",
      remedy: readout
        ? "choose --model vrnn, which tells labels of steps"
        : "say which column holds it: --label",
    });
  const model = new Vrnn(options);
  const states = Object.fromEntries(Object.entries(model.state).map(([part, [width = 1]]) => [part, width]));
  return classifier(model, new Reader({ ...readout, ...reading, states }));
}
