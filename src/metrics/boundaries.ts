/** How well borders were found. */

/** What was found of true borders. */
export interface BoundaryQuality {
  /** Borders found that are true, of those found; 1 where none was. */
  readonly precision: number;
  /** True borders found, of all; 1 where there are none. */
  readonly recall: number;
  /** Their harmonic mean. */
  readonly f1: number;
}

/**
 * Matches borders one to one, each true one with the nearest that was found within a margin and is not taken.
 *
 * @param found steps, in order @param truth steps, in order @param margin how many steps apart still counts
 * @example
 * boundaryQuality([10, 30], [12, 50], 3); // { precision: 0.5, recall: 0.5, f1: 0.5 }
 */
export const boundaryQuality = (
  found: readonly number[],
  truth: readonly number[],
  margin: number,
): BoundaryQuality => qualityOf(matched(found, truth, margin), found.length, truth.length);

/** The same of several sequences together. */
export function boundariesQuality(
  sequences: readonly { readonly found: readonly number[]; readonly truth: readonly number[] }[],
  margin: number,
): BoundaryQuality {
  const sum = (of: (each: (typeof sequences)[number]) => number) =>
    sequences.reduce((all, each) => all + of(each), 0);
  return qualityOf(
    sum(({ found, truth }) => matched(found, truth, margin)),
    sum(({ found }) => found.length),
    sum(({ truth }) => truth.length),
  );
}

function matched(found: readonly number[], truth: readonly number[], margin: number): number {
  const pairs = truth
    .flatMap((border, i) => found.map((place, j) => ({ i, j, away: Math.abs(place - border) })))
    .filter(({ away }) => away <= margin)
    .sort((a, b) => a.away - b.away);
  const [trues, founds] = [new Set<number>(), new Set<number>()];
  for (const { i, j } of pairs) if (!trues.has(i) && !founds.has(j)) [trues.add(i), founds.add(j)];
  return trues.size;
}

function qualityOf(hits: number, found: number, truth: number): BoundaryQuality {
  const precision = found === 0 ? 1 : hits / found;
  const recall = truth === 0 ? 1 : hits / truth;
  return {
    precision,
    recall,
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
  };
}
