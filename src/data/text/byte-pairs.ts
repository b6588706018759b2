/**
 * Byte pair encoding of bytes: Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", ACL
 * 2016, on the bytes of UTF-8 as in GPT-2 (Radford et al. 2019), so that no text has an unknown token. Text is cut into words,
 * each with the space before it; in a word the pair of neighbours that was most frequent in training becomes one token, then the next.
 */
import TinyQueue from "tinyqueue";
import type { Merge } from "./tokens.ts";

/** A word with the space before it, a number, marks, or spaces: the expression of GPT-2. */
const WORD = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** What pairs are looked for in: they never reach beyond a word. */
export const wordsOf = (text: string): readonly string[] => text.match(WORD) ?? [];

/**
 * A character for each byte, which tokens are written with: the byte's own where it is one that can be seen, else one from 256
 * on (GPT-2's table; the space is Ġ).
 */
export const BYTE_CHARACTERS: readonly string[] = byteCharacters();

function byteCharacters(): string[] {
  const isSeen = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let beyond = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isSeen(byte) ? byte : beyond++));
}

const BYTES = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));

/** The bytes that a token stands for. */
export const bytesOfToken = (token: string): number[] =>
  [...token].map((character) => BYTES.get(character) ?? 0x3f);

/** What a word is made of before any merge. */
export type Spell = (word: string) => string[];

/** A word as the characters of its bytes. */
const charactersOf: Spell = (word) =>
  Array.from(new TextEncoder().encode(word), (byte) => BYTE_CHARACTERS[byte]!);

/** A word, how often it occurs, and the tokens that it consists of by now. */
interface CountedWord {
  readonly count: number;
  tokens: string[];
}

/** A pair that may be merged next, with the count that it had when it was queued. */
interface Candidate {
  readonly pair: Merge;
  readonly count: number;
}

/** Pairs that occur less often are not merged. */
const LEAST = 2;

const keyOf = ([left, right]: Merge): string => `${left} ${right}`;

/** The most frequent pair first, those of equal frequency by their characters. */
const byCount = (a: Candidate, b: Candidate): number =>
  b.count - a.count || (keyOf(a.pair) < keyOf(b.pair) ? -1 : 1);

/**
 * The merges that texts teach, the most frequent pair first, until they have made so many tokens (two merges may make the same
 * one); fewer where no pair occurs twice any more.
 *
 * @param texts what is learned from @param most how many tokens they make at most
 * @param spell what words are made of; the characters of their bytes unless told
 * @example
 * learnMerges(["low low lower"], 3); // [["l", "o"], ["lo", "w"], ["Ġ", "low"]]
 */
export function learnMerges(texts: Iterable<string>, most: number, spell: Spell = charactersOf): Merge[] {
  const words = countedWords(texts, spell);
  const counts = new Map<string, number>();
  /** The words that hold a pair, or held it once. */
  const places = new Map<string, Set<CountedWord>>();
  const note = (word: CountedWord, sign: 1 | -1): Merge[] => {
    const pairs = pairsOf(word.tokens);
    for (const pair of pairs) {
      const key = keyOf(pair);
      counts.set(key, (counts.get(key) ?? 0) + sign * word.count);
      if (sign > 0) (places.get(key) ?? places.set(key, new Set()).get(key)!).add(word);
    }
    return pairs;
  };
  const seen = new Map(words.flatMap((word) => note(word, 1)).map((pair) => [keyOf(pair), pair]));
  const queue = new TinyQueue(
    [...seen].map(([key, pair]): Candidate => ({ pair, count: counts.get(key)! })),
    byCount,
  );
  const merges: Merge[] = [];
  const made = new Set<string>();
  while (made.size < most) {
    const next = queue.pop();
    if (next === undefined || next.count < LEAST) break;
    const key = keyOf(next.pair);
    const count = counts.get(key)!;
    if (count !== next.count) {
      if (count >= LEAST) queue.push({ pair: next.pair, count });
      continue; // other merges have taken some of it since it was queued
    }
    const token = next.pair.join("");
    merges.push(next.pair);
    made.add(token);
    const changed = new Map<string, Merge>();
    for (const word of places.get(key)!) {
      note(word, -1);
      word.tokens = merged(word.tokens, next.pair);
      for (const pair of note(word, 1)) changed.set(keyOf(pair), pair);
    }
    places.delete(key);
    // Only pairs with the new token can have become more frequent.
    for (const [changedKey, pair] of changed)
      if (pair.includes(token)) queue.push({ pair, count: counts.get(changedKey)! });
  }
  return merges;
}

function countedWords(texts: Iterable<string>, spell: Spell): CountedWord[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => ({ count, tokens: spell(word) }));
}

const pairsOf = (tokens: readonly string[]): Merge[] =>
  tokens.slice(1).map((right, i): Merge => [tokens[i]!, right]);

/** Tokens with each occurrence of a pair as one, from the left. */
function merged(tokens: readonly string[], [left, right]: Merge): string[] {
  const after: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const isPair = tokens[i] === left && tokens[i + 1] === right;
    after.push(isPair ? left + right : tokens[i]!);
    if (isPair) i += 1;
  }
  return after;
}

/** So many words are remembered with their tokens. */
const MOST_REMEMBERED = 100_000;

/** Cuts text into tokens by merges that were learned; what a word becomes is remembered. */
export class BytePairs {
  private readonly ranks: ReadonlyMap<string, number>;
  private readonly remembered = new Map<string, readonly string[]>();
  private readonly spell: Spell;

  /** @param spell what words were made of when the merges were learned; the characters of their bytes unless told */
  constructor(merges: readonly Merge[], spell: Spell = charactersOf) {
    this.spell = spell;
    this.ranks = new Map(merges.map((merge, rank) => [keyOf(merge), rank]));
  }

  /**
   * The tokens of a text, as the characters of their bytes.
   *
   * @example
   * new BytePairs([["l", "o"], ["lo", "w"]]).tokensOf("low ow"); // ["low", "Ġ", "o", "w"]
   */
  tokensOf(text: string): string[] {
    return wordsOf(text).flatMap((word) => [...this.tokensOfWord(word)]);
  }

  /**
   * The same with merges left out at random, so that a text is cut in another way each time (BPE-dropout; Provilkov, Emelianenko and
   * Voita, "BPE-Dropout: Simple and Effective Subword Regularization", ACL 2020, algorithm 1).
   *
   * @param share of the merges that are left out @param uniform numbers from 0 to 1
   */
  tokensWithDropout(text: string, share: number, uniform: () => number): string[] {
    return wordsOf(text).flatMap((word) => this.wordWithDropout(word, share, uniform));
  }

  private wordWithDropout(word: string, share: number, uniform: () => number): string[] {
    let tokens = this.spell(word);
    for (;;) {
      let [place, rank] = [-1, Number.POSITIVE_INFINITY];
      for (const [i, pair] of pairsOf(tokens).entries()) {
        const own = this.ranks.get(keyOf(pair)) ?? Number.POSITIVE_INFINITY;
        if (own < rank && uniform() >= share) [place, rank] = [i, own];
      }
      if (place < 0) return tokens;
      tokens = [...tokens.slice(0, place), tokens[place]! + tokens[place + 1]!, ...tokens.slice(place + 2)];
    }
  }

  /** The tokens of what is one word, whatever stands in it. */
  tokensOfWord(word: string): readonly string[] {
    const known = this.remembered.get(word);
    if (known !== undefined) return known;
    let tokens = this.spell(word);
    for (let first = this.firstMerge(tokens); first !== undefined; first = this.firstMerge(tokens))
      tokens = merged(tokens, first);
    if (this.remembered.size < MOST_REMEMBERED) this.remembered.set(word, tokens);
    return tokens;
  }

  /** The pair among neighbours that was learned first. */
  private firstMerge(tokens: readonly string[]): Merge | undefined {
    let [best, rank]: [Merge | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
    for (const pair of pairsOf(tokens)) {
      const own = this.ranks.get(keyOf(pair)) ?? Number.POSITIVE_INFINITY;
      if (own < rank) [best, rank] = [pair, own];
    }
    return best;
  }
}
