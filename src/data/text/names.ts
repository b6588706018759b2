import type { TokenUnit } from "./vocabulary.ts";

/** What people call the units of tokens. */
const UNITS = {
  chars: "characters",
  bytes: "bytes",
  words: "words",
  bpe: "subwords",
} as const satisfies Record<string, TokenUnit>;

/** What people call a unit of tokens. */
export type TokenName = keyof typeof UNITS;

export const tokenNames = Object.keys(UNITS) as [TokenName, ...TokenName[]];

/**
 * The unit of tokens that people mean.
 *
 * @example
 * tokenUnitOf("chars"); // "characters"
 */
export const tokenUnitOf = (name: TokenName): TokenUnit => UNITS[name];

/** What becomes of the case of words. */
export const caseNames = ["kept", "ignored"] as const;
/** What becomes of the case of words. */
export type CaseName = (typeof caseNames)[number];
/** What a token of each unit is called. */
export const tokenNouns: Readonly<Record<TokenUnit, string>> = {
  characters: "character",
  bytes: "byte",
  words: "word",
  subwords: "subword",
};

/** What of a text is one sequence. */
export const textPieces = ["text", "line", "paragraph"] as const;
/** What of a text is one sequence. */
export type TextPiece = (typeof textPieces)[number];
