/** What a report shows of a run of pairs of texts. */
import { firstOf, groupBy } from "../collections.ts";
import { type FieldDataset, fieldDatasetOf } from "../data/field-dataset.ts";
import type { MemorySequence } from "../data/source.ts";
import { Tokenizer } from "../data/text/vocabulary.ts";
import { sequencesIn } from "../data/whole-sequences.ts";
import { attentionWeights } from "../inference/attention-weights.ts";
import { TextTranslator } from "../inference/translate.ts";
import { translationScores } from "../metrics/translation-scores.ts";
import type { TranslationsContent } from "../report/content.ts";
import type { TrainedModel } from "../run/run.ts";
import { requireVocabulary } from "../run/run-fields.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { RunReport } from "./shown.ts";

/** So many texts are translated, so many shown, and so many with where the model looked. */
const [TRANSLATED, SHOWN, LOOKED] = [96, 10, 3];
const ROWS = 32;

/** What it writes of the first texts of the validation split (the training split, where there is none), and where it looked. */
export const pairsReport: RunReport = async (run, given, runtime) => {
  const data = fieldDatasetOf(given);
  return { data, latents: [], translations: await translationsOf(run, data, runtime) };
};

async function translationsOf(
  { config, model, weights }: TrainedModel,
  { splits, fields }: FieldDataset,
  runtime: Runtime,
): Promise<TranslationsContent> {
  const vocabulary = requireVocabulary(config);
  const tokenizer = new Tokenizer(vocabulary);
  const textOf = (field: "x" | "source") => (own: MemorySequence) =>
    tokenizer.decode(own.values[field] as Int32Array);
  const held = await sequencesIn(splits.valid, TRANSLATED);
  const split = held.length > 0 ? "valid" : "train";
  const read = held.length > 0 ? held : await sequencesIn(splits.train, TRANSLATED);
  // Of what has several answers the first one stands for all.
  const sequences = [...groupBy(read, textOf("source")).values()].map(firstOf);
  const settings = { runtime, model, weights, fields };
  const translator = await TextTranslator.create({
    ...{ ...settings, vocabulary, width: 5, lengthPower: 1, rows: ROWS },
  });
  const written: { readonly text: string; readonly ids: readonly number[] }[] = [];
  try {
    const sources = sequences.map(textOf("source")).map((text) => translator.read(text));
    for (const [best] of await translator.translate(sources))
      written.push({ text: best!.text, ids: best!.found.ids });
  } finally {
    await translator.dispose();
  }
  const references = sequences.map(textOf("x"));
  const { bleu, chrf } = translationScores(
    written.map(({ text }) => text),
    references,
  );
  const looked = written
    .slice(0, LOOKED)
    .flatMap(({ ids }, i) =>
      ids.length === 0 ? [] : [{ i, length: ids.length, values: partOf(sequences[i]!, ids) }],
    );
  const shares = await attentionWeights({ ...settings, parts: looked });
  const spelled = (ids: Iterable<number>) => Array.from(ids, (id) => tokenizer.spell(id).trim() || "·");
  const attentionOf = (place: number) => {
    const k = looked.findIndex(({ i }) => i === place);
    return {
      source: spelled(sequences[place]!.values["source"] as Int32Array),
      written: spelled(written[place]!.ids),
      shares: shares[k]!.map((row) => Array.from(row)),
    };
  };
  return {
    ...{ split, bleu, chrf, of: sequences.length },
    texts: sequences.slice(0, SHOWN).map((own, i) => ({
      source: textOf("source")(own),
      written: written[i]!.text,
      reference: references[i]!,
      ...(looked.some((each) => each.i === i) && { attention: attentionOf(i) }),
    })),
  };
}

const partOf = ({ values }: MemorySequence, ids: readonly number[]) => ({
  ...values,
  x: Int32Array.from(ids),
});
