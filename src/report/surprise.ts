/** How surprise is shaded. */
import type { TokenUnit } from "../data/text/vocabulary.ts";

/**
 * From how many nats on each shade begins, the palest first. What is one of thousands costs more than what is one of
 * dozens: of a character 1, 2, 3, 4 and 6 nats are p = 0.37, 0.14, 0.05, 0.018 and 0.0025, of a word 11 are 0.000017.
 */
export const shadesFrom: Readonly<Record<TokenUnit, readonly number[]>> = {
  characters: [1, 2, 3, 4, 6],
  bytes: [1, 2, 3, 4, 6],
  words: [3, 5, 7, 9, 11],
  subwords: [3, 5, 7, 9, 11],
};

/**
 * The shade of a surprise: 0 for none.
 *
 * @param from `shadesFrom` of the unit
 * @example
 * shadeOf(2.5, shadesFrom.characters); // 2
 */
export const shadeOf = (nats: number, from: readonly number[]): number =>
  from.filter((least) => nats >= least).length;

/** The share of colour in each shade, in percent. */
const STRENGTHS: readonly number[] = [14, 28, 42, 58, 78];

/** The rules of a style sheet for the shades `s1` and on. */
export const surpriseRules = (): string =>
  STRENGTHS.map(
    (share, i) => `.s${i + 1}{background:color-mix(in srgb,var(--missed) ${share}%,transparent)}`,
  ).join("\n");
