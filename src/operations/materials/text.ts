import { bytesOfTexts } from "../../data/text/bytes.ts";
import { tokenNouns } from "../../data/text/names.ts";
import { requireVocabulary } from "../../run/run-fields.ts";
import { textScoreTable } from "../../tables/text-score-table.ts";
import type { Material } from "./material.ts";
import { sampledTexts } from "./sample-text.ts";
import { scoredRows } from "./score-rows.ts";

/** Characters, bytes or words: printed, or written as files. */
export const text: Material = {
  score: async (context, input) => {
    const vocabulary = requireVocabulary((await context.run()).config);
    const { sequences, value } = await scoredRows(context, input);
    const ids = sequences.map(({ values }) => values["x"] as Int32Array);
    return { value, table: async () => textScoreTable(vocabulary, ids, value) };
  },
  sample: sampledTexts,
  bound: async (run, source, { natsPerStep, steps }) => {
    const vocabulary = requireVocabulary(run);
    const bytes = await bytesOfTexts(source, vocabulary);
    const unit = tokenNouns[vocabulary.unit];
    return bytes ? { unit, bitsPerByte: (-natsPerStep * steps) / Math.LN2 / bytes } : { unit };
  },
};
