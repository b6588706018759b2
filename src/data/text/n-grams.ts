/**
 * Which runs of words and characters a text holds, as numbers: hashed into a table of fixed size (Weinberger et al., "Feature
 * Hashing for Large Scale Multitask Learning", ICML 2009), so that no list of them is kept.
 */
import type { FeaturesField } from "../fields.ts";

/** How many numbers there are. */
const BUCKETS = 2 ** 15;
/** So many runs of a text are told apart at most; words come first. */
const MOST = 4096;
const WORD_RUNS = [1, 2];
const CHARACTER_RUNS = [3, 4, 5];

/** The field of the n-grams of texts. */
export const nGramsField: FeaturesField = { kind: "features", role: "static", axis: "S", size: BUCKETS };

/**
 * The runs of one and two words, and of three to five characters, of a text in small letters: each once, as a number below
 * 32,768. White space of any length counts as one space, and there is one at either end.
 *
 * @example
 * hashedNGrams("Hi!"); // [20623, 9561, 5957, …]: "hi", and " hi", "hi!", …
 */
export function hashedNGrams(text: string): Int32Array {
  const plain = ` ${text.toLowerCase().trim().replace(/\s+/gu, " ")} `;
  const words = plain.match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
  const found = new Set<number>();
  for (const run of runsOf(words, WORD_RUNS)) found.add(bucketOf(run.join(" "), "words"));
  const characters = Array.from(plain);
  for (const run of runsOf(characters, CHARACTER_RUNS)) {
    if (found.size >= MOST) break;
    found.add(bucketOf(run.join(""), "characters"));
  }
  return Int32Array.from([...found].slice(0, MOST));
}

function* runsOf(pieces: readonly string[], lengths: readonly number[]): Generator<readonly string[]> {
  for (const length of lengths)
    for (let from = 0; from + length <= pieces.length; from++) yield pieces.slice(from, from + length);
}

/** What keeps a word and the same characters apart. */
const SEEDS = { words: 0x811c9dc5, characters: 0x01000193 } as const;

/** FNV-1a over the code units (Fowler, Noll and Vo), of which the bits are mixed and the last 15 kept. */
function bucketOf(run: string, kind: keyof typeof SEEDS): number {
  let hash: number = SEEDS[kind];
  for (let i = 0; i < run.length; i++) hash = Math.imul(hash ^ run.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & (BUCKETS - 1);
}
