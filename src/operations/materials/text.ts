import type { ChosenNGrams } from "../../baselines/n-grams.ts";
import { isEncoded } from "../../data/encoded.ts";
import type { MemorySequence } from "../../data/source.ts";
import { tokenNouns } from "../../data/text/names.ts";
import { textSizes } from "../../data/text/text-sizes.ts";
import { sequencesIn } from "../../data/whole-sequences.ts";
import { latentUse } from "../../inference/latent-use.ts";
import { requireVocabulary } from "../../run/run-fields.ts";
import { frameScoreTable } from "../../tables/frame-score-table.ts";
import { textScoreTable } from "../../tables/text-score-table.ts";
import { runNGrams } from "../../workbench/text-n-grams.ts";
import type { Material, RuleNats } from "./material.ts";
import { sampledTexts } from "./sample-text.ts";
import { scoredRows } from "./score-rows.ts";

/** The use of latent variables is told by so many sequences, and so many tokens of each. */
const [MOST_SEQUENCES, MOST_TOKENS] = [64, 4096];

const firstSequences = (sequences: readonly MemorySequence[]): MemorySequence[] =>
  sequences.map(({ name, length, values }) => ({
    name,
    length: Math.min(length, MOST_TOKENS),
    values: { ...values, x: (values["x"] as Int32Array).subarray(0, MOST_TOKENS) },
  }));

const gramFigures = ({ order, counted, adaptive }: ChosenNGrams): readonly RuleNats[] => [
  { name: `Kneser-Ney ${order}-gram`, nats: counted },
  { name: `Kneser-Ney ${order}-gram, learning on`, nats: adaptive },
];

/** Characters, bytes, words or subwords: printed, or written as files. */
export const text: Material = {
  score: async (context, input) => {
    const { config } = await context.run();
    const { sequences, value } = await scoredRows(context, input);
    if (isEncoded(config.modality)) return { value, table: async () => frameScoreTable(value) };
    const ids = sequences.map(({ values }) => values["x"] as Int32Array);
    return { value, table: async () => textScoreTable(requireVocabulary(config), ids, value) };
  },
  sample: sampledTexts,
  others: ["export"],
  bound: async (context, source, { steps }) => {
    const { config, model, weights } = await context.run();
    if (isEncoded(config.modality)) return { unit: "token", baselines: [] };
    const vocabulary = requireVocabulary(config);
    const sizes = await textSizes(source, vocabulary);
    const own = await context.files?.ownSplits();
    const grams = own && (await runNGrams({ splits: own }, source, vocabulary));
    const sequences = firstSequences(await sequencesIn(source, MOST_SEQUENCES));
    const settings = { runtime: await context.runtime(), model, weights, fields: config.fields };
    const use = await latentUse({ ...settings, sequences, seed: config.training.seed });
    return {
      unit: tokenNouns[vocabulary.unit],
      ...(sizes &&
        sizes.bytes > 0 && { perByte: steps / sizes.bytes, perCharacter: steps / sizes.characters }),
      ...(use && { use }),
      baselines: grams === undefined ? [] : gramFigures(grams),
    };
  },
};
