/** Text as whole numbers, and back. */
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

/** What a vocabulary is made of. */
export interface VocabularyOptions {
  readonly unit: TokenUnit;
  /** The most tokens, the most frequent ones; all unless told. */
  readonly most?: number | undefined;
  /** How often a token has to occur; once unless told. */
  readonly least?: number | undefined;
  readonly lowercase?: boolean | undefined;
}

/** A word with what an apostrophe joins to it, a number, or a single mark. */
const WORD = /[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}\p{M}]+)*|[^\s\p{L}\p{M}\p{N}_]/gu;

type Split = (text: string, lowercase: boolean) => Iterable<string>;

const SPLITS: Readonly<Record<Exclude<TokenUnit, "bytes">, Split>> = {
  characters: (text) => text,
  words: (text, lowercase) => (lowercase ? text.toLowerCase() : text).match(WORD) ?? [],
};

/** The tokens of a text, in its order. */
export const tokensOf = (
  text: string,
  unit: Exclude<TokenUnit, "bytes">,
  lowercase = false,
): Iterable<string> => SPLITS[unit](text, lowercase);

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
  if (unit === "bytes") return vocabularyOf(counts, options);
  for (const text of texts) {
    for (const token of tokensOf(text, unit, lowercase)) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return vocabularyOf(counts, options);
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

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
    this.size = vocabularySize(vocabulary);
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

  /** The text of ids, up to the first end; words stand a space apart. Padding and begin are left out, unknown is �. */
  decode(ids: Iterable<number>): string {
    const tokens: number[] = [];
    for (const id of ids) {
      if (id === END) break;
      if (id !== PAD && id !== BEGIN) tokens.push(id);
    }
    const { unit } = this.vocabulary;
    return unit === "bytes"
      ? textOfBytes(tokens)
      : tokens.map((id) => this.token(id)).join(unit === "words" ? " " : "");
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
    if (this.vocabulary.unit !== "bytes") return this.token(id);
    const byte = id - RESERVED.length;
    return byte < 0x80 ? String.fromCharCode(byte) : `<${byte.toString(16)}>`;
  }

  /** The token of an id as it is written; � where there is none. */
  private token(id: number): string {
    return this.vocabulary.tokens[id - RESERVED.length] ?? REPLACEMENT;
  }
}

/** Stands in Unicode for what cannot be shown. */
const REPLACEMENT = "\ufffd";

function textOfBytes(ids: readonly number[]): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let [text, run]: [string, number[]] = ["", []];
  for (const id of [...ids, UNKNOWN]) {
    if (id !== UNKNOWN) {
      run.push(id - RESERVED.length);
      continue;
    }
    text += decoder.decode(Uint8Array.from(run)) + REPLACEMENT;
    run = [];
  }
  return text.slice(0, -1);
}
