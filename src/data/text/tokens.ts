/** What tokens are: their units, the ids that are reserved, the vocabulary of a run. */

/**
 * What a token is: a character (a code point of Unicode), a byte of UTF-8, a word, number or mark, or a part of a word that is
 * frequent (byte pair encoding).
 */
export const tokenUnits = ["characters", "bytes", "words", "subwords"] as const;
/** What a token is. */
export type TokenUnit = (typeof tokenUnits)[number];

/** What pads a sequence; it is never an observed token. */
export const PAD = 0;
/** Stands for what the vocabulary does not hold. */
export const UNKNOWN = 1;
/** What a model reads before the first token. Readers do not put it there: the shift by one step does. */
export const BEGIN = 2;
/** Closes a sequence that ends by itself: a line, a message. */
export const END = 3;

/** The names of the reserved ids, which are the first of every vocabulary. */
export const RESERVED = ["<pad>", "<unknown>", "<begin>", "<end>"] as const;

/** What turns text into ids; it belongs to the run. */
export interface Vocabulary {
  readonly unit: TokenUnit;
  /** The tokens after the reserved ones: id = place + 4. Empty for bytes, whose id is the byte + 4. */
  readonly tokens: readonly string[];
  /** Words and subwords: whether case is left aside. */
  readonly lowercase?: boolean;
  /** Subwords: which two become one, in the order in which they were learned. */
  readonly merges?: readonly Merge[];
}

/** Two subwords that become one, as the characters of their bytes (`byte-pairs.ts`). */
export type Merge = readonly [left: string, right: string];

/** How many ids there are, the reserved ones among them. */
export const vocabularySize = ({ unit, tokens }: Vocabulary): number =>
  RESERVED.length + (unit === "bytes" ? 256 : tokens.length);
