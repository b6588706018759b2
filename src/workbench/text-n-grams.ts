/** Which n-grams a text is held against, and in how much of it they are counted. */

import { type ChosenNGrams, chosenNGrams, firstTokens, MOST_SYMBOLS } from "../baselines/n-grams.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import type { SequenceSource } from "../data/source.ts";
import { type Vocabulary, vocabularySize } from "../data/text/vocabulary.ts";
import { sequencesIn } from "../data/whole-sequences.ts";

/** The orders that are shown beside a model, by what a token is. */
export const ORDERS = {
  characters: [2, 4, 6],
  bytes: [2, 4, 6],
  words: [1, 2, 3],
  subwords: [1, 2, 3],
} as const;

/** The orders of which the best is chosen. */
const TRIED = {
  characters: [3, 5, 6, 7],
  bytes: [3, 5, 6, 7],
  words: [1, 2, 3, 4],
  subwords: [1, 2, 3, 4],
} as const;

/** Tokens that n-grams are counted in at most: beyond, they would take longer than they are worth. */
export const COUNTED = 2_000_000;

/** The order is chosen on so many tokens of validation. */
const CHOSEN_ON = 100_000;

/**
 * What n-grams reach on texts, counted in the training split and chosen on the validation split of a run; undefined where there
 * are too many symbols or nothing to count.
 */
export async function runNGrams(
  { splits }: Pick<FieldDataset, "splits">,
  judged: SequenceSource,
  vocabulary: Vocabulary,
): Promise<ChosenNGrams | undefined> {
  const symbols = vocabularySize(vocabulary);
  const idsIn = async (source: SequenceSource) =>
    (await sequencesIn(source)).map(({ values }) => values["x"] as Int32Array);
  const train = firstTokens(await idsIn(splits.train), COUNTED);
  if (symbols > MOST_SYMBOLS || train.length === 0) return undefined;
  const valid = firstTokens(await idsIn(splits.valid), CHOSEN_ON);
  const orders = TRIED[vocabulary.unit];
  return chosenNGrams({ train, valid, judged: await idsIn(judged) }, { orders, symbols });
}
