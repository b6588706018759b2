/** N-grams of texts, counted: what measures of translations hold against each other. */

/** How often each n-gram of some words, or characters, occurs. */
export function countedNGrams(items: readonly string[], order: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + order <= items.length; i++) {
    const gram = items.slice(i, i + order).join(" ");
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** How many n-grams both have, each as often as there are in either at most. */
export const sharedNGrams = (own: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number =>
  [...own].reduce((sum, [gram, count]) => sum + Math.min(count, other.get(gram) ?? 0), 0);
