/** What a rule says of a picture whose class it knows, or of which it knows nothing. */
import { groupBy } from "../collections.ts";
import { countedNGrams, sharedNGrams } from "../metrics/counted-n-grams.ts";

/** A caption of a picture of some class. */
export interface ClassCaption {
  readonly text: string;
  readonly class: string;
}

/** So many of a class's captions, the most frequent ones, may stand for it; n-grams of up to so many words compare them. */
const [CANDIDATES, ORDER] = [40, 4];

/** How often each of some texts occurs, the most frequent one first. */
const counted = (texts: readonly string[]): (readonly [text: string, count: number])[] =>
  [...groupBy(texts, (text) => text)]
    .map(([text, own]) => [text, own.length] as const)
    .sort((a, b) => b[1] - a[1]);

/** The caption that is given most often, the first of several. @example mostFrequentCaption(["a", "b", "a"]); // "a" */
export const mostFrequentCaption = (texts: readonly string[]): string => counted(texts)[0]?.[0] ?? "";

/**
 * The caption of each class that has most in common with all others of it (their medoid): by the n-grams that two share, each order by the
 * share of the longer one's.
 *
 * @param captions words with blanks between them
 * @example
 * classCaptions([{ text: "many boats", class: "harbor" }]).get("harbor"); // "many boats"
 */
export function classCaptions(captions: readonly ClassCaption[]): ReadonlyMap<string, string> {
  const classes = groupBy(captions, (each) => each.class);
  return new Map([...classes].map(([name, own]) => [name, medoid(own.map(({ text }) => text))]));
}

function medoid(texts: readonly string[]): string {
  const all = counted(texts).map(([text, count]) => {
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
