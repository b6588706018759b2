import { knownOfSpeech } from "../../data/speech/knowledge.ts";
import { frameScoreTable } from "../../tables/frame-score-table.ts";
import type { Material } from "./material.ts";
import { scoredRows } from "./score-rows.ts";

/** Speech: how likely it is, frame by frame; `vrnn transcribe` writes down what was said, `vrnn speak` makes more of it. */
export const speech: Material = {
  score: async (context, input) => {
    const { value } = await scoredRows(context, input);
    return { value, table: async () => frameScoreTable(value) };
  },
  others: ["transcribe", "speak"],
  bound: async (context) => {
    const { hearing } = knownOfSpeech((await context.run()).config.modality);
    const ofSamples = hearing.spectral === undefined && hearing.features !== "cepstra";
    return {
      unit: hearing.stack > 1 ? "step" : "frame",
      ...(ofSamples && { perSample: 1 / hearing.width }),
      baselines: [],
    };
  },
};
