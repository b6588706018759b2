/** What a report shows of a run of text. */
import { firstTokens, MOST_SYMBOLS, nGramNats } from "../baselines/n-grams.ts";
import { isEncoded } from "../data/encoded.ts";
import { type FieldDataset, fieldDatasetOf } from "../data/field-dataset.ts";
import type { MemorySequence } from "../data/source.ts";
import { type Vocabulary, vocabularySize } from "../data/text/vocabulary.ts";
import { sequencesIn } from "../data/whole-sequences.ts";
import { sampleTexts } from "../inference/sample-text.ts";
import { scoreRows } from "../inference/score.ts";
import { latentWidth } from "../models/model.ts";
import type { NamedNats } from "../report/content.ts";
import { requireVocabulary } from "../run/run-fields.ts";
import type { RunReport } from "./shown.ts";
import { COUNTED, ORDERS } from "./text-n-grams.ts";

/** Tokens of the validation split that are read, and of a text that is written. */
const READ = 2400;
const WRITTEN = 400;

/** How surely it reads its validation split (its training split, where there is none), what it writes, and what n-grams reach. */
export const textReport: RunReport = async (run, given, runtime, { bounds }) => {
  const data = fieldDatasetOf(given);
  const { config, model, weights } = run;
  if (isEncoded(config.modality)) return { data, latents: [] }; // what an encoder tells is no text
  const vocabulary = requireVocabulary(config);
  const settings = { runtime, model, weights, seed: config.training.seed };
  const valid = await sequencesIn(data.splits.valid);
  const split = valid.length > 0 ? "valid" : "train";
  const read = beginning(split === "valid" ? valid : await sequencesIn(data.splits.train));
  const scores = await scoreRows({ ...settings, fields: data.fields, sequences: read });
  const joined = (part: "total" | "kl" | "emissionMean") =>
    Float64Array.from(scores.flatMap((own) => Array.from(own[part])));
  const sampled = await sampleTexts({ ...settings, vocabulary, count: 2, steps: WRITTEN });
  const rivals = await nGrams(data, valid, vocabulary);
  const own: NamedNats[] =
    bounds.valid === null ? [] : [{ name: "this model", natsPerStep: bounds.valid.natsPerStep }];
  return {
    data: rivals.notes.length === 0 ? data : { ...data, notes: [...data.notes, ...rivals.notes] },
    latents: [],
    text: {
      vocabulary,
      split,
      ids: Int32Array.from(read.flatMap((text) => Array.from(idsOf(text)))),
      scores: { total: joined("total"), kl: joined("kl"), emissionMean: joined("emissionMean") },
      isLatent: latentWidth(model) > 0,
      sampled: sampled.map(({ text }) => text),
    },
    baselines: rivals.figures.map(({ name, natsPerStep }) => ({ label: name, natsPerStep })),
    comparison: [...own, ...rivals.figures],
  };
};

const idsOf = ({ values }: MemorySequence): Int32Array => values["x"] as Int32Array;

/** The first tokens of some texts. */
function beginning(texts: readonly MemorySequence[]): MemorySequence[] {
  const ids = firstTokens(texts.map(idsOf), READ);
  return ids.map((x, i) => ({ name: texts[i]!.name, length: x.length, values: { x } }));
}

/** What n-grams reach on the validation split, and what is to be said of them. */
async function nGrams(
  { splits }: FieldDataset,
  valid: readonly MemorySequence[],
  vocabulary: Vocabulary,
): Promise<{ readonly figures: readonly NamedNats[]; readonly notes: readonly string[] }> {
  const symbols = vocabularySize(vocabulary);
  if (valid.length === 0) return { figures: [], notes: [] };
  if (symbols > MOST_SYMBOLS)
    return { figures: [], notes: [`no n-grams: they know ${MOST_SYMBOLS} tokens at most`] };
  const train = (await sequencesIn(splits.train)).map(idsOf);
  const counted = firstTokens(train, COUNTED);
  const notes =
    counted.length < train.length || (counted.at(-1)?.length ?? 0) < (train.at(-1)?.length ?? 0)
      ? [`n-grams were counted in the first ${COUNTED} tokens of training alone`]
      : [];
  const orders = ORDERS[vocabulary.unit];
  const reached = nGramNats(counted, valid.map(idsOf), { orders, symbols });
  const figures = reached.map(({ order, natsPerStep }) => ({
    name: `Kneser-Ney ${order}-gram`,
    natsPerStep,
  }));
  return { figures, notes };
}
