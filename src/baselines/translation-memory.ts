/** The trivial translator: the answer that people gave to the text that is most alike. */
import { countedNGrams } from "../metrics/counted-n-grams.ts";

/** A text, and its answer. */
interface Remembered {
  readonly source: string;
  readonly target: string;
}

/** Words, numbers and marks, in small letters. */
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+|[^\s]/gu) ?? [];

/** How often each word of a text occurs. */
const countsOf = (text: string): ReadonlyMap<string, number> => countedNGrams(wordsOf(text), 1);

/**
 * A translation memory: each text is answered as that of the memory is which is nearest, by the cosine of counts of words that are
 * weighed by how few texts have them (TF-IDF).
 *
 * @example
 * new TranslationMemory([{ source: "A dog runs.", target: "Ein Hund rennt." }]).answer("The dog runs."); // "Ein Hund rennt."
 */
export class TranslationMemory {
  private readonly pairs: readonly Remembered[];
  /** By word: in which texts it is, and how much it weighs there, the length of a text being 1. */
  private readonly places = new Map<string, { readonly text: number; readonly weight: number }[]>();

  /** @param pairs one at least */
  constructor(pairs: readonly Remembered[]) {
    this.pairs = pairs;
    const counts = pairs.map(({ source }) => countsOf(source));
    const texts = new Map<string, number>();
    for (const own of counts) for (const word of own.keys()) texts.set(word, (texts.get(word) ?? 0) + 1);
    const rarity = (word: string) => Math.log((1 + pairs.length) / (1 + texts.get(word)!)) + 1;
    counts.forEach((own, text) => {
      const weights = [...own].map(([word, count]) => [word, count * rarity(word)] as const);
      const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight ** 2, 0));
      for (const [word, weight] of weights) {
        const known = this.places.get(word);
        // Once for the text that remembers, once for the one that asks: both are weighed alike.
        const place = { text, weight: (weight / length) * rarity(word) };
        if (known === undefined) this.places.set(word, [place]);
        else known.push(place);
      }
    });
  }

  /** The answer to the nearest text; of several that are equally near to the first of them. */
  answer(text: string): string {
    const scores = new Map<number, number>();
    for (const [word, count] of countsOf(text))
      for (const { text: place, weight } of this.places.get(word) ?? [])
        scores.set(place, (scores.get(place) ?? 0) + count * weight);
    let [nearest, best] = [0, 0];
    for (const [place, score] of scores)
      if (score > best || (score === best && place < nearest)) [nearest, best] = [place, score];
    return this.pairs[nearest]!.target;
  }
}
