import { isOfSamples } from "../../data/speech/ears.ts";
import { knownOfSpeech } from "../../data/speech/knowledge.ts";
import { images } from "./images.ts";
import type { Material } from "./material.ts";

/** Speech: how likely it is, frame by frame; `vrnn transcribe` writes down what was said, `vrnn speak` makes more of it. */
export const speech: Material = {
  ...(images.score && { score: images.score }), // a row per frame
  others: ["transcribe", "speak"],
  bound: async (context) => {
    const { hearing } = knownOfSpeech((await context.run()).config.modality);
    return {
      unit: hearing.stack > 1 ? "step" : "frame",
      ...(isOfSamples(hearing.features) && { perSample: 1 / hearing.width }),
      baselines: [],
    };
  },
};
