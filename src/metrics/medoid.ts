/** Which of some texts says what all of them say. */
import { groupBy } from "../collections.ts";
import { countedNGrams, sharedNGrams } from "./counted-n-grams.ts";

/** So many of the texts, the most frequent ones, may stand for all; n-grams of up to so many words compare them. */
const [CANDIDATES, ORDER] = [40, 4];

/** How often each of some texts occurs, the most frequent one first, of equals the one that came first. */
export const countedTexts = (texts: readonly string[]): (readonly [text: string, count: number])[] =>
  [...groupBy(texts, (text) => text)]
    .map(([text, own]) => [text, own.length] as const)
    .sort((a, b) => b[1] - a[1]);

/**
 * The text that has most in common with all the others: by the n-grams that two share, each order by the share of the longer one's.
 *
 * @param texts one at least, words with blanks between them
 * @example
 * medoid(["many boats", "boats docked at the harbor", "boats at the harbor"]); // "boats at the harbor"
 */
export function medoid(texts: readonly string[]): string {
  const all = countedTexts(texts).map(([text, count]) => {
    const words = text.split(" ");
    const orders = Array.from({ length: ORDER }, (_, n) => countedNGrams(words, n + 1));
    return { text, count, length: words.length, orders };
  });
  const likeness = (a: (typeof all)[number], b: (typeof all)[number]): number =>
    a.orders.reduce((sum, grams, n) => {
      const longest = Math.max(1, Math.max(a.length, b.length) - n);
      return sum + sharedNGrams(grams, b.orders[n]!) / longest;
    }, 0);
  const scored = all.slice(0, CANDIDATES).map((own) => ({
    text: own.text,
    score: all.reduce((sum, other) => sum + other.count * likeness(own, other), 0),
  }));
  return scored.reduce((best, each) => (each.score > best.score ? each : best)).text;
}
