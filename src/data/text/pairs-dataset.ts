/** Pairs of texts as a data set of two fields: what is read, and what is written. */
import { groupBy } from "../../collections.ts";
import { VrnnError } from "../../errors.ts";
import type { FieldDataset } from "../field-dataset.ts";
import type { TokensField } from "../fields.ts";
import { memorySplits } from "../memory-dataset.ts";
import type { MemorySequence } from "../source.ts";
import type { SplitPart, SplitPlan } from "../split.ts";
import { planGiven, USUAL_SHUFFLE } from "../tables/dealing.ts";
import type { TextPair } from "./pairs.ts";
import { sizeNotes, type TextOptions, unknownNotes } from "./text-dataset.ts";
import { buildVocabulary, closedIds, Tokenizer } from "./vocabulary.ts";

/** The fields of pairs of texts; both sides are of one vocabulary. */
export interface PairFields {
  /** What is written. */
  readonly x: TokensField;
  /** What is read first. */
  readonly source: TokensField;
}

/**
 * A data set of pairs, of two fields: the target `x` and its `source`, each closed by the reserved id `END`. The vocabulary is that
 * of both sides of the training split. Pairs of the same source go to the same split, so that none is tested on what it has read.
 *
 * @param at where the pairs come from, for messages
 * @throws VrnnError `data/empty-file`, `data/split`, `data/no-training`
 * @example
 * const { fields } = pairDataset(pairs, "fra.tsv", { unit: "subwords", most: 8000 });
 * fields.source.axis; // "S"
 */
export function pairDataset(
  pairs: readonly TextPair[],
  at: string,
  options: TextOptions,
): FieldDataset & { readonly fields: PairFields & FieldDataset["fields"] } {
  if (pairs.length === 0)
    throw new VrnnError("data/empty-file", "there are no pairs of texts", {
      at,
      remedy: "write the file anew",
    });
  const { parts, notes } = planOf(pairs, at, options);
  const trained = parts.filter(({ split }) => split === "train").map(({ index }) => pairs[index]!);
  const texts = trained.flatMap(({ source, target }) => [source, target]);
  const vocabulary = options.vocabulary ?? buildVocabulary(texts, options);
  const tokenizer = new Tokenizer(vocabulary);
  const fields = {
    x: { kind: "tokens", role: "target", axis: "T", vocabulary },
    source: { kind: "tokens", role: "source", axis: "S", vocabulary },
  } as const;
  const idsOf = (text: string) => closedIds(tokenizer.encode(text).ids);
  const sequences = pairs.map(({ name, source, target }): MemorySequence => {
    const x = idsOf(target);
    return { name, length: x.length, values: { x, source: idsOf(source) } };
  });
  const whole = parts.map((part) => ({ ...part, start: 0, end: sequences[part.index]!.length }));
  const ids = sequences.flatMap(({ values }) => Object.values(values) as Int32Array[]);
  return {
    modality: { name: "pairs" },
    fields,
    splits: memorySplits(sequences, whole, fields),
    notes: [
      ...notes,
      ...(options.vocabulary === undefined ? sizeNotes(vocabulary, options) : []),
      ...unknownNotes(ids),
    ],
  };
}

/** The split of pairs, by what is read: what has several answers is dealt out with all of them. */
function planOf(
  pairs: readonly TextPair[],
  at: string,
  { split, shuffle, vocabulary, lowercase = false }: TextOptions,
): Pick<SplitPlan, "parts" | "notes"> {
  const read = ({ source }: TextPair) => (lowercase ? source.toLowerCase() : source);
  const groups = [...groupBy([...pairs.keys()], (i) => `${pairs[i]!.split} ${read(pairs[i]!)}`).values()];
  const items = groups.map((group) => ({ length: group.length, split: pairs[group[0]!]!.split }));
  const columns = vocabulary && []; // a trained model may be given pairs to test alone
  const isDealt = items.every((item) => item.split === undefined);
  // Files of pairs are often sorted: those that are dealt out are shuffled unless it is said how.
  const usual = shuffle ?? (columns ? undefined : USUAL_SHUFFLE);
  const dealt = isDealt && { splitBy: "sequence" as const, shuffle: usual };
  const plan = planGiven(items, { split, shuffle, columns, ...dealt }, at);
  const partsOf = (part: SplitPart) => groups[part.index]!.map((index) => ({ ...part, index }));
  return { parts: plan.parts.flatMap(partsOf), notes: plan.notes };
}
