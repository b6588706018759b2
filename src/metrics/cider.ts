/**
 * CIDEr: Vedantam, Zitnick and Parikh, "CIDEr: Consensus-based Image Description Evaluation", CVPR 2015: how like a caption is to
 * those that people gave of the same picture, by n-grams of which those count for most that few pictures have.
 */
import { countedNGrams } from "./counted-n-grams.ts";

/** N-grams of up to so many words. */
const ORDER = 4;
/** σ: the deviation of a length that costs a factor of e^−½, in words. */
const SIGMA = 6;
/** What a perfect likeness comes to. */
const SCALE = 10;

/** The n-grams of a text of one order with their weights. */
export interface WeightedGrams {
  readonly weights: ReadonlyMap<string, number>;
  /** Of the vector of weights. */
  readonly norm: number;
}

/** A text as it is compared: an entry for each order. */
export interface ComparedText {
  readonly orders: readonly WeightedGrams[];
  readonly length: number;
}

/** In how many of some pictures each n-gram occurs, whoever said it. */
export class NGramRarity {
  private readonly pictures: number;
  private readonly holders = new Map<string, number>();

  /** @param references the captions of each picture, as words: those that are held against in the end, as coco-caption has it */
  constructor(references: readonly (readonly (readonly string[])[])[]) {
    this.pictures = references.length;
    for (const own of references) {
      const grams = new Set(own.flatMap((words) => ordersOf(words).flatMap((counts) => [...counts.keys()])));
      for (const gram of grams) this.holders.set(gram, (this.holders.get(gram) ?? 0) + 1);
    }
  }

  /** log(I / max(1, df)): how rare an n-gram is (eq. 1). */
  of(gram: string): number {
    return Math.log(this.pictures) - Math.log(Math.max(1, this.holders.get(gram) ?? 0));
  }

  /** A text by the weights of its n-grams: how often each occurs times how rare it is. */
  compared(words: readonly string[]): ComparedText {
    const orders = ordersOf(words).map((counts) => {
      const weights = new Map([...counts].map(([gram, count]) => [gram, count * this.of(gram)]));
      return { weights, norm: Math.hypot(...weights.values()) };
    });
    return { orders, length: words.length };
  }
}

const ordersOf = (words: readonly string[]) =>
  Array.from({ length: ORDER }, (_, n) => countedNGrams(words, n + 1));

/**
 * CIDEr-D of one caption: the mean over orders and references of a cosine in which no n-gram counts more than in the reference, less
 * for another length, times 10.
 *
 * @param words of the caption @param references one at least
 * @example
 * const rarity = new NGramRarity([[["a", "red", "car"]], [["a", "dog"]]]);
 * ciderD(["a", "red", "car"], [["a", "red", "car"]], rarity); // 7.5: it has no four words
 */
export function ciderD(
  words: readonly string[],
  references: readonly (readonly string[])[],
  rarity: NGramRarity,
): number {
  const own = rarity.compared(words);
  const likenesses = references.map((reference) => {
    const other = rarity.compared(reference);
    const length = Math.exp(-((own.length - other.length) ** 2) / (2 * SIGMA ** 2));
    return length * meanCosine(own, other, (weight, of) => Math.min(weight, of));
  });
  return (SCALE * likenesses.reduce((sum, each) => sum + each, 0)) / references.length;
}

/** The mean over orders of the cosine of two texts; 0 of those that one has no n-grams of. */
export const cosineOf = (own: ComparedText, other: ComparedText): number =>
  meanCosine(own, other, (weight) => weight);

/** @param counted what of a weight counts, beside that of the other text */
function meanCosine(
  own: ComparedText,
  other: ComparedText,
  counted: (weight: number, other: number) => number,
): number {
  const cosines = own.orders.map(({ weights, norm }, n) => {
    const reference = other.orders[n]!;
    if (norm === 0 || reference.norm === 0) return 0;
    const shared = [...weights].reduce((sum, [gram, weight]) => {
      const of = reference.weights.get(gram) ?? 0;
      return sum + counted(weight, of) * of;
    }, 0);
    return shared / (norm * reference.norm);
  });
  return cosines.reduce((sum, each) => sum + each, 0) / ORDER;
}
