/** Pairs of texts as a data set of two fields: what is read, and what is written. */
import { VrnnError } from "../../errors.ts";
import { Random } from "../../random/generator.ts";
import { counted } from "../../words/figures.ts";
import { SPLIT_NAMES } from "../dataset.ts";
import type { FieldDataset } from "../field-dataset.ts";
import type { TokensField } from "../fields.ts";
import { memorySplits } from "../memory-dataset.ts";
import type { MemorySequence } from "../source.ts";
import { checkShares, isAllTested, type SplitPart, type SplitPlan, type SplitShares } from "../split.ts";
import { planGiven, USUAL_SHUFFLE } from "../tables/dealing.ts";
import type { TextPair } from "./pairs.ts";
import { sizeNotes, type TextOptions, unknownNotes } from "./text-dataset.ts";
import { buildVocabulary, closedIds, Tokenizer, type TokenUnit } from "./vocabulary.ts";

/** The fields of pairs of texts; both sides are of one vocabulary. */
export interface PairFields {
  /** What is written. */
  readonly x: TokensField;
  /** What is read first. */
  readonly source: TokensField;
}

/**
 * A data set of pairs, of two fields: the target `x` and its `source`, each closed by the reserved id `END`. The vocabulary is that
 * of both sides of the training split. Where nothing
 * says which split a pair is of, pairs of the same source go to the same split, so that none is tested on what it has read.
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
  const { vocabulary: known, unit } = options;
  const { parts, notes } = planOf(pairs, at, options);
  const trained = parts.filter(({ split }) => split === "train").map(({ index }) => pairs[index]!);
  const texts = trained.flatMap(({ source, target }) => [source, target]);
  const vocabulary = known ?? buildVocabulary(texts, options);
  const read = encoded(pairs, new Tokenizer(vocabulary));
  const kept = parts.filter(({ index }) => !isLong(read[index]!));
  if (trained.length > 0 && !kept.some(({ split }) => split === "train")) throw onlyLong(at);
  const lengths = kept.map(({ index, split }) =>
    split === "train" ? read[index]!.values["source"]!.length : 0,
  );
  const longest = lengths.reduce((most, length) => Math.max(most, length), 1);
  const fields = {
    x: { kind: "tokens", role: "target", axis: "T", vocabulary },
    source: { kind: "tokens", role: "source", axis: "S", vocabulary, longest },
  } as const;
  const whole = kept.map((part) => ({ ...part, start: 0, end: read[part.index]!.length }));
  const ids = kept.flatMap(({ index }) => Object.values(read[index]!.values) as Int32Array[]);
  return {
    modality: { name: "pairs" },
    fields,
    splits: memorySplits(read, whole, fields),
    notes: [
      ...notes,
      ...longNotes(read.filter(isLong), unit),
      ...(known === undefined ? sizeNotes(vocabulary, options) : []),
      ...unknownNotes(ids),
    ],
  };
}

/** Both sides of pairs as ids. */
function encoded(pairs: readonly TextPair[], tokenizer: Tokenizer): MemorySequence[] {
  const idsOf = (text: string) => closedIds(tokenizer.encode(text).ids);
  return pairs.map(({ name, source, target }) => {
    const x = idsOf(target);
    return { name, length: x.length, values: { x, source: idsOf(source) } };
  });
}

/** Pairs of which a side has more tokens are left out: attention compares each token that is written with each that is read. */
const MOST_TOKENS = 256;
const isLong = ({ values }: MemorySequence): boolean =>
  Object.values(values).some(({ length }) => length > MOST_TOKENS);

function longNotes([first, ...others]: readonly MemorySequence[], unit: TokenUnit): string[] {
  if (first === undefined) return [];
  const where = `${first.name}${others.length > 0 ? " first" : ""}`;
  return [
    `${counted(others.length + 1, "pair")} with more than ${MOST_TOKENS} ${unit} on a side left out, ${where}: cut long texts at sentences`,
  ];
}

/** The split of pairs, by what is read: what has several answers goes to one split with all of them. */
function planOf(
  pairs: readonly TextPair[],
  at: string,
  options: TextOptions,
): Pick<SplitPlan, "parts" | "notes"> {
  const { split, shuffle, vocabulary, lowercase = false } = options;
  const readOf = ({ source }: TextPair) => (lowercase ? source.toLowerCase() : source);
  if (pairs.some((pair) => pair.split !== undefined) || isAllTested(split)) {
    const items = pairs.map((pair) => ({ length: 1, split: pair.split }));
    const columns = vocabulary && []; // a trained model may be given pairs to test alone
    return planGiven(
      items,
      { split, shuffle, columns, splitBy: isAllTested(split) ? "sequence" : undefined },
      at,
    );
  }
  const shares = checkShares(split ?? USUAL_SHARES);
  const seed = shuffle ?? USUAL_SHUFFLE;
  const dealt = pairs.map((pair, index): SplitPart => {
    const place = Random.stream(seed, "pairs", readOf(pair)).uniform();
    const name = place < shares[0] ? "train" : place < shares[0] + shares[1] ? "valid" : "test";
    return { index, split: name, start: 0, end: 1 };
  });
  if (vocabulary === undefined && !dealt.some((part) => part.split === "train"))
    throw new VrnnError("data/no-training", "no pair is left for the training split", {
      at,
      remedy: "give more pairs, or the option split a larger share for training",
    });
  const told = SPLIT_NAMES.map((name) => `${dealt.filter((part) => part.split === name).length} ${name}`);
  return {
    parts: dealt,
    notes: [`split by what is read, so that pairs that are added change nothing: ${told.join(", ")}`],
  };
}

const onlyLong = (at: string): VrnnError =>
  new VrnnError(
    "data/no-training",
    `every pair of the training split has more than ${MOST_TOKENS} tokens on a side`,
    {
      at,
      remedy: "cut the texts at their sentences, or into longer tokens: --tokens bpe",
    },
  );

/** The shares of training, validation and test where nothing is said. */
const USUAL_SHARES: SplitShares = [0.7, 0.15, 0.15];
