/** Word error rate: how many words have to be replaced, left out or put in to make what was heard of what was said. */
import { groupBy } from "../collections.ts";
import { pairedInterval } from "./block-bootstrap.ts";

/** A place of an alignment: a word that was said beside one that was heard; one of them may be missing. */
export interface WordPair {
  readonly said: string | undefined;
  readonly heard: string | undefined;
}

/** How many words were said, and what became of them. */
export interface WordErrorCounts {
  /** Words that were said. */
  readonly words: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
}

/** An utterance: its words (or letters), and what was heard. */
export interface Utterance {
  readonly said: readonly string[];
  readonly heard: readonly string[];
  readonly speaker?: string;
}

/** What a pair counts as, one bit pattern a cell of the table: where the likeliest way came from. */
const [BOTH, SAID, HEARD] = [0, 1, 2];

/**
 * The alignment of the fewest errors (Levenshtein 1966); each replacement, omission and insertion counts 1. Of several, the one that
 * keeps words that agree at either end, and within prefers, from the end on, a pair to an omission and that to an insertion.
 *
 * @example
 * alignedWords(["ONE", "TWO"], ["ONE", "OH", "TWO"]);
 * // [{ said: "ONE", heard: "ONE" }, { said: undefined, heard: "OH" }, { said: "TWO", heard: "TWO" }]
 */
export function alignedWords(said: readonly string[], heard: readonly string[]): WordPair[] {
  const start = commonStart(said, heard);
  const rest = [said.slice(start), heard.slice(start)] as const;
  const end = commonStart(rest[0].toReversed(), rest[1].toReversed());
  const inner = rest.map((words) => words.slice(0, words.length - end)) as [string[], string[]];
  const alike = (words: readonly string[]) => words.map((word) => ({ said: word, heard: word }));
  return [...alike(said.slice(0, start)), ...alignedInner(...inner), ...alike(said.slice(said.length - end))];
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function alignedInner(said: readonly string[], heard: readonly string[]): WordPair[] {
  const ways = waysOf(said, heard);
  const pairs: WordPair[] = [];
  for (let [i, j] = [said.length, heard.length]; i > 0 || j > 0; ) {
    const way = ways[i * (heard.length + 1) + j]!;
    pairs.push({
      said: way === HEARD ? undefined : said[--i],
      heard: way === SAID ? undefined : heard[--j],
    });
  }
  return pairs.reverse();
}

/** By what each cell of the table of prefixes is reached with the fewest errors, `[(S + 1) (H + 1)]`. */
function waysOf(said: readonly string[], heard: readonly string[]): Uint8Array {
  const width = heard.length + 1;
  const ways = new Uint8Array((said.length + 1) * width).fill(HEARD, 0, width);
  let above = Int32Array.from({ length: width }, (_, j) => j);
  for (let i = 1; i <= said.length; i++) {
    const row = new Int32Array(width);
    row[0] = i;
    ways[i * width] = SAID;
    for (let j = 1; j < width; j++) {
      const both = above[j - 1]! + (said[i - 1] === heard[j - 1] ? 0 : 1);
      const [without, more] = [above[j]! + 1, row[j - 1]! + 1];
      const fewest = Math.min(both, without, more);
      row[j] = fewest;
      ways[i * width + j] = both === fewest ? BOTH : without === fewest ? SAID : HEARD;
    }
    above = row;
  }
  return ways;
}

/**
 * What an alignment comes to.
 *
 * @example
 * errorsOfPairs(alignedWords(["A", "B"], ["A"])); // { words: 2, substitutions: 0, deletions: 1, insertions: 0 }
 */
export function errorsOfPairs(pairs: readonly WordPair[]): WordErrorCounts {
  const count = (of: (pair: WordPair) => boolean) => pairs.filter(of).length;
  return {
    words: count(({ said }) => said !== undefined),
    substitutions: count(({ said, heard }) => said !== undefined && heard !== undefined && said !== heard),
    deletions: count(({ heard }) => heard === undefined),
    insertions: count(({ said }) => said === undefined),
  };
}

/** How many errors there are. */
export const errorsIn = ({ substitutions, deletions, insertions }: WordErrorCounts): number =>
  substitutions + deletions + insertions;

/** Errors in percent of the words that were said; above 100 where more was put in. NaN without words. */
export const wordErrorRate = (counts: WordErrorCounts): number => (100 * errorsIn(counts)) / counts.words;

/** Counts of several utterances together. */
export const summedErrors = (all: readonly WordErrorCounts[]): WordErrorCounts => {
  const sum = (of: keyof WordErrorCounts) => all.reduce((total, counts) => total + counts[of], 0);
  return {
    words: sum("words"),
    substitutions: sum("substitutions"),
    deletions: sum("deletions"),
    insertions: sum("insertions"),
  };
};

/** What was said and heard instead, and how often; undefined for nothing. */
export interface Confusion extends WordPair {
  readonly count: number;
}

/** What utterances come to together. */
export interface WordErrors extends WordErrorCounts {
  /** Percent, pooled: all errors of all words. */
  readonly rate: number;
  /** Of 95 %, by drawing whole utterances anew; undefined for fewer than five. */
  readonly interval: readonly [low: number, high: number] | undefined;
  readonly utterances: number;
  /** Utterances with an error. */
  readonly wrong: number;
  /** The commonest first. */
  readonly confusions: readonly Confusion[];
}

/**
 * The word error rate of utterances, pooled, with what it is made of (Morris, Maier and Green 2004); the interval is that of
 * Bisani and Ney, "Bootstrap Estimates for Confidence Intervals in ASR Performance Evaluation", ICASSP 2004. Letters in place of
 * words give the letter error rate.
 *
 * @example
 * wordErrors([{ said: ["ONE", "TWO"], heard: ["ONE", "TO"] }]).rate; // 50
 */
export function wordErrors(utterances: readonly Utterance[]): WordErrors {
  const aligned = utterances.map(({ said, heard }) => alignedWords(said, heard));
  const each = aligned.map(errorsOfPairs);
  const blocks = each.map((counts) => ({ loss: errorsIn(counts), rival: 0, weight: counts.words }));
  const interval = pairedInterval(blocks);
  const all = summedErrors(each);
  return {
    ...all,
    rate: wordErrorRate(all),
    interval: interval && [100 * interval[0], 100 * interval[1]],
    utterances: utterances.length,
    wrong: each.filter((counts) => errorsIn(counts) > 0).length,
    confusions: confusionsOf(aligned.flat()),
  };
}

/** The same of each speaker, by name; utterances without one are those of "". */
export const wordErrorsBySpeaker = (utterances: readonly Utterance[]): Map<string, WordErrors> =>
  new Map(
    [...groupBy(utterances, ({ speaker = "" }) => speaker)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([speaker, own]) => [speaker, wordErrors(own)]),
  );

/** What became of a word. */
export interface OfWord {
  readonly word: string;
  /** How often it was said, and how often another word, or none, was heard in its place. */
  readonly said: number;
  readonly missed: number;
  /** How often it was heard where it had not been said, in place of another word or of none. */
  readonly wrongly: number;
}

/**
 * What became of each word that was said or heard, those with the most errors first.
 *
 * @example
 * wordErrorsByWord([{ said: ["ONE", "TWO"], heard: ["ONE", "TO"] }])[0]; // { word: "TWO", said: 1, missed: 1, wrongly: 0 }
 */
export function wordErrorsByWord(utterances: readonly Utterance[]): OfWord[] {
  const words = new Map<string, { word: string; said: number; missed: number; wrongly: number }>();
  const of = (word: string) => {
    const own = words.get(word) ?? { word, said: 0, missed: 0, wrongly: 0 };
    words.set(word, own);
    return own;
  };
  for (const { said, heard } of utterances.flatMap((own) => alignedWords(own.said, own.heard))) {
    if (said !== undefined) of(said).said += 1;
    if (said === heard) continue;
    if (said !== undefined) of(said).missed += 1;
    if (heard !== undefined) of(heard).wrongly += 1;
  }
  return [...words.values()].sort((a, b) => b.missed + b.wrongly - a.missed - a.wrongly || b.said - a.said);
}

/**
 * An interval of 95 % of how much the word error rate differs from a rival's on the same utterances, in percent of words: the first
 * is better where it lies below 0. Undefined for fewer than five utterances.
 */
export function wordErrorDifference(
  utterances: readonly (Utterance & { readonly rival: readonly string[] })[],
): readonly [low: number, high: number] | undefined {
  const errors = (said: readonly string[], heard: readonly string[]) =>
    errorsIn(errorsOfPairs(alignedWords(said, heard)));
  const blocks = utterances.map(({ said, heard, rival }) => ({
    loss: errors(said, heard),
    rival: errors(said, rival),
    weight: said.length,
  }));
  const interval = pairedInterval(blocks);
  return interval && [100 * interval[0], 100 * interval[1]];
}

function confusionsOf(pairs: readonly WordPair[]): Confusion[] {
  const wrong = pairs.filter(({ said, heard }) => said !== heard);
  return [...groupBy(wrong, ({ said, heard }) => JSON.stringify([said ?? null, heard ?? null])).values()]
    .map((own) => ({ ...own[0]!, count: own.length }))
    .sort((a, b) => b.count - a.count);
}
