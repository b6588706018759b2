/** Text as whole numbers, and back. */
import { BYTE_CHARACTERS, BytePairs, bytesOfToken, learnMerges } from "./byte-pairs.ts";
import {
  BEGIN,
  END,
  PAD,
  RESERVED,
  type TokenUnit,
  UNKNOWN,
  type Vocabulary,
  vocabularySize,
} from "./tokens.ts";

export * from "./tokens.ts";

/** How many subwords are learned where nothing is said. */
const USUAL_SUBWORDS = 8000;

/** What a vocabulary is made of. */
export interface VocabularyOptions {
  readonly unit: TokenUnit;
  /** The most tokens, the most frequent ones; all unless told, of subwords 8,000, of which 256 are the bytes. */
  readonly most?: number | undefined;
  /** How often a token has to occur; once unless told, and of no effect on subwords. */
  readonly least?: number | undefined;
  readonly lowercase?: boolean | undefined;
}

/** A word with what an apostrophe joins to it, a number, or a single mark. */
const WORD = /[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}\p{M}]+)*|[^\s\p{L}\p{M}\p{N}_]/gu;

/** The units of which a vocabulary is what was counted. */
type CountedUnit = Exclude<TokenUnit, "bytes" | "subwords">;
type Split = (text: string, lowercase: boolean) => Iterable<string>;

const SPLITS: Readonly<Record<CountedUnit, Split>> = {
  characters: (text) => text,
  words: (text, lowercase) => (lowercase ? text.toLowerCase() : text).match(WORD) ?? [],
};

/** The tokens of a text, in its order. */
export const tokensOf = (text: string, unit: CountedUnit, lowercase = false): Iterable<string> =>
  SPLITS[unit](text, lowercase);

/**
 * The vocabulary of texts: the most frequent token first, those of equal frequency by their characters, so that it does
 * not depend on the order of the texts.
 *
 * @example
 * buildVocabulary(["hello"], { unit: "characters" }).tokens; // ["l", "e", "h", "o"]
 */
export function buildVocabulary(texts: Iterable<string>, options: VocabularyOptions): Vocabulary {
  const { unit, lowercase } = options;
  const counts = new Map<string, number>();
  if (unit === "subwords") return subwordVocabulary(texts, options);
  if (unit === "bytes") return vocabularyOf(counts, options);
  for (const text of texts) {
    for (const token of tokensOf(text, unit, lowercase)) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return vocabularyOf(counts, options);
}

/** The bytes, then what merges make of them. */
function subwordVocabulary(
  texts: Iterable<string>,
  { most = USUAL_SUBWORDS, lowercase = false }: VocabularyOptions,
): Vocabulary {
  const cased = lowercase ? Array.from(texts, (text) => text.toLowerCase()) : texts;
  const merges = learnMerges(cased, Math.max(0, most - BYTE_CHARACTERS.length));
  const tokens = [...BYTE_CHARACTERS, ...merges.map((merge) => merge.join(""))];
  return { unit: "subwords", tokens: [...new Set(tokens)], merges, ...(lowercase && { lowercase }) };
}

/** The vocabulary of tokens that were counted; bytes need no count. */
export function vocabularyOf(counts: ReadonlyMap<string, number>, options: VocabularyOptions): Vocabulary {
  const { unit, most = Number.POSITIVE_INFINITY, least = 1, lowercase = false } = options;
  const frequent = [...counts].filter(([, count]) => count >= least);
  frequent.sort(([a, often], [b, other]) => other - often || (a < b ? -1 : 1));
  const tokens = frequent.slice(0, most).map(([token]) => token);
  return { unit, tokens, ...(lowercase && { lowercase }) };
}

/** The ids of a text. */
export interface EncodedText {
  /** `[tokens]` */
  readonly ids: Int32Array;
  /** How many of them stand for something that the vocabulary does not hold. */
  readonly unknown: number;
}

/**
 * Turns text into the ids of a vocabulary, and back.
 *
 * @example
 * const tokenizer = new Tokenizer({ unit: "characters", tokens: ["a", "b"] });
 * tokenizer.encode("abc"); // { ids: [4, 5, 1], unknown: 1 }
 * tokenizer.decode([4, 5, END]); // "ab"
 */
export class Tokenizer {
  readonly vocabulary: Vocabulary;
  /** How many ids there are, the reserved ones among them. */
  readonly size: number;
  private readonly ids: ReadonlyMap<string, number>;
  private readonly pairs: BytePairs | undefined;

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
    this.size = vocabularySize(vocabulary);
    const { unit, merges = [] } = vocabulary;
    this.pairs = unit === "subwords" ? new BytePairs(merges) : undefined;
    this.ids = new Map(vocabulary.tokens.map((token, place) => [token, place + RESERVED.length]));
  }

  /** The id of a character or word as it stands in the vocabulary. */
  idOf(token: string): number {
    return this.ids.get(token) ?? UNKNOWN;
  }

  /** The ids of a text; what the vocabulary does not hold is `UNKNOWN`. */
  encode(text: string): EncodedText {
    const { unit, lowercase = false } = this.vocabulary;
    if (unit === "bytes") {
      return {
        ids: Int32Array.from(new TextEncoder().encode(text), (byte) => byte + RESERVED.length),
        unknown: 0,
      };
    }
    if (unit === "subwords") {
      const tokens = this.pairs!.tokensOf(lowercase ? text.toLowerCase() : text);
      return { ids: Int32Array.from(tokens, (token) => this.idOf(token)), unknown: 0 };
    }
    // A character takes one code unit or two, a word one at least: there are no more tokens than code units.
    const ids = new Int32Array(text.length);
    let [count, unknown] = [0, 0];
    for (const token of tokensOf(text, unit, lowercase)) {
      const id = this.idOf(token);
      if (id === UNKNOWN) unknown += 1;
      ids[count++] = id;
    }
    return { ids: ids.slice(0, count), unknown };
  }

  /**
   * The ids of a text of subwords with merges left out at random: another way to cut it each time, which `decode` makes the same text of.
   *
   * @param share of the merges that are left out @param uniform numbers from 0 to 1
   */
  encodeWithDropout(text: string, share: number, uniform: () => number): Int32Array {
    const cased = this.vocabulary.lowercase ? text.toLowerCase() : text;
    return Int32Array.from(this.pairs!.tokensWithDropout(cased, share, uniform), (token) => this.idOf(token));
  }

  /** The text of ids, up to the first end; words stand a space apart. Padding and begin are left out, unknown is �. */
  decode(ids: Iterable<number>): string {
    const tokens: number[] = [];
    for (const id of ids) {
      if (id === END) break;
      if (id !== PAD && id !== BEGIN) tokens.push(id);
    }
    const { unit } = this.vocabulary;
    return unit === "bytes" || unit === "subwords"
      ? textOfBytes(tokens.map((id) => this.bytesOf(id)))
      : tokens.map((id) => this.token(id)).join(unit === "words" ? " " : "");
  }

  /** The bytes that an id stands for, of bytes and subwords; undefined of what is unknown. */
  bytesOf(id: number): readonly number[] | undefined {
    if (id < RESERVED.length || id >= this.size) return undefined;
    return this.vocabulary.unit === "bytes" ? [id - RESERVED.length] : bytesOfToken(this.token(id));
  }

  /**
   * A token by itself, for tables and pictures: reserved ones by their names, a byte of more than ASCII by its number.
   *
   * @example
   * tokenizer.spell(END); // "<end>"
   */
  spell(id: number): string {
    const reserved = RESERVED[id];
    if (reserved !== undefined) return reserved;
    const bytes = ["bytes", "subwords"].includes(this.vocabulary.unit) ? this.bytesOf(id) : undefined;
    return bytes === undefined ? this.token(id) : spelled(bytes);
  }

  /** The token of an id as it is written; � where there is none. */
  private token(id: number): string {
    return this.vocabulary.tokens[id - RESERVED.length] ?? REPLACEMENT;
  }
}

/** Ids one after the other. */
export function joinedIds(before: Int32Array, after: Int32Array): Int32Array {
  const all = new Int32Array(before.length + after.length);
  all.set(before);
  all.set(after, before.length);
  return all;
}

/** Ids with the end behind them. */
export const closedIds = (ids: Int32Array): Int32Array => joinedIds(ids, Int32Array.of(END));

/** Stands in Unicode for what cannot be shown. */
const REPLACEMENT = "\ufffd";

/** Text of the bytes of tokens, one of which may hold a part of a character; � stands for a token that has none. */
function textOfBytes(tokens: readonly (readonly number[] | undefined)[]): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let [text, run]: [string, number[]] = ["", []];
  for (const bytes of [...tokens, undefined]) {
    if (bytes !== undefined) {
      run.push(...bytes);
      continue;
    }
    text += decoder.decode(Uint8Array.from(run)) + REPLACEMENT;
    run = [];
  }
  return text.slice(0, -1);
}

/** Bytes as text where they are whole characters, else those beyond ASCII by their numbers. */
function spelled(bytes: readonly number[]): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return bytes.map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `<${byte.toString(16)}>`)).join("");
  }
}
