/**
 * chrF: Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015, of whole corpora as sacreBLEU computes it:
 * n-grams of up to six characters without spaces, recall counted β = 2 times as much.
 */
import { countedNGrams, sharedNGrams } from "./counted-n-grams.ts";

const ORDER = 6;
const BETA = 2;

/** `[6]` each, by the length of the n-grams: of a text, of its reference, and of both. */
export interface ChrfStatistics {
  readonly own: readonly number[];
  readonly reference: readonly number[];
  readonly matches: readonly number[];
}

/** What a translation has in common with the reference that it is nearest to. @param references one at least */
export function chrfStatistics(text: string, references: readonly string[]): ChrfStatistics {
  const all = references.map((reference) => heldAgainst(text, reference));
  return all.reduce((a, b) => (chrfOf(b) > chrfOf(a) ? b : a));
}

function heldAgainst(text: string, reference: string): ChrfStatistics {
  const [own, other] = [text, reference].map((each) => [...each.replace(/\s+/gu, "")]) as [
    string[],
    string[],
  ];
  const orders = Array.from({ length: ORDER }, (_, n) => n + 1);
  const countIn = (characters: readonly string[], order: number) =>
    Math.max(0, characters.length - order + 1);
  return {
    // What is too long for any n-gram of the reference is not held against the text.
    own: orders.map((order) => (countIn(other, order) > 0 ? countIn(own, order) : 0)),
    reference: orders.map((order) => countIn(other, order)),
    matches: orders.map((order) => sharedNGrams(countedNGrams(own, order), countedNGrams(other, order))),
  };
}

/** Statistics of a corpus. */
export function summedChrf(all: readonly ChrfStatistics[]): ChrfStatistics {
  const total = (part: keyof ChrfStatistics) =>
    Array.from({ length: ORDER }, (_, n) => all.reduce((sum, own) => sum + own[part][n]!, 0));
  return { own: total("own"), reference: total("reference"), matches: total("matches") };
}

/**
 * chrF2 in percent: the F-score of the mean precision and the mean recall over the orders that both texts have.
 *
 * @example
 * chrfOf(chrfStatistics("the cat sat", ["the cat sits"])); // 61.034…
 */
export function chrfOf({ own, reference, matches }: ChrfStatistics): number {
  const orders = matches.flatMap((count, n) =>
    own[n]! > 0 && reference[n]! > 0 ? [[count / own[n]!, count / reference[n]!] as const] : [],
  );
  if (orders.length === 0) return 0;
  const mean = (of: 0 | 1) => orders.reduce((sum, shares) => sum + shares[of], 0) / orders.length;
  const [precision, recall] = [mean(0), mean(1)];
  if (precision + recall === 0) return 0;
  return (100 * (1 + BETA ** 2) * precision * recall) / (BETA ** 2 * precision + recall);
}
