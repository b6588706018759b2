/**
 * The candidate that a mistyped word most likely meant: the fewest edits away, and no more than a third of its letters.
 *
 * @example
 * nearest("hiden", ["epochs", "hidden"]); // "hidden"
 * nearest("zebra", ["epochs", "hidden"]); // undefined
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.ceil(word.length / 3) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (edits >= fewest) continue;
    best = candidate;
    fewest = edits;
  }
  return best;
}

/** How a suggestion is worded. */
export interface Suggesting {
  /** What to say where no known name is near; all of them unless told. */
  readonly otherwise?: string;
  /** How the name that was meant is written; in quotes unless told. */
  readonly shown?: (meant: string) => string;
}

/**
 * The remedy for a name that nobody knows: the known one that was most likely meant, or else all of them.
 *
 * @example
 * didYouMean("hiden", ["epochs", "hidden"]); // 'did you mean "hidden"?'
 * didYouMean("zebra", ["epochs", "hidden"]); // "there are epochs, hidden"
 */
export function didYouMean(
  name: string,
  known: readonly string[],
  { otherwise = `there are ${known.join(", ")}`, shown = (meant) => `"${meant}"` }: Suggesting = {},
): string {
  const meant = nearest(name, known);
  return meant === undefined ? otherwise : `did you mean ${shown(meant)}?`;
}

/**
 * The Levenshtein distance: the fewest insertions, deletions and replacements of a character that turn one text into
 * the other.
 *
 * @example
 * editDistance("kitten", "sitting"); // 3
 */
export function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = above[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, above[j]! + 1, row[j - 1]! + 1));
    }
    above = row;
  }
  return above[to.length]!;
}
