/** Columns that count: what tells the time under a name that does not say so. */
import type { Column } from "../dataset.ts";

/** Fewer rows may go on evenly by chance. */
const FEWEST = 20;
/** Steps may be so much longer or shorter than the usual one, as a share of it. */
const UNEVEN = 0.01;

/** Whether numbers go on by one step, up or down, and never miss it. */
function goesOnEvenly(values: ArrayLike<number>): boolean {
  const usual = (values[values.length - 1]! - values[0]!) / (values.length - 1);
  for (let i = 1; i < values.length; i++) {
    if (!(Math.abs(values[i]! - values[i - 1]! - usual) <= UNEVEN * Math.abs(usual))) return false;
  }
  return usual !== 0;
}

/**
 * What is told of a column that goes on by one step in every row of the training split: it tells the time, or counts.
 *
 * @param parts its entries, sequence by sequence
 * @example
 * rampNote(elapsed, [[0, 0.1, 0.2, ...]]); // ['column "elapsed" goes on by 0.1 in every row ...']
 */
export function rampNote({ name, kind }: Column, parts: readonly ArrayLike<number>[]): string[] {
  const rows = parts.reduce((sum, { length }) => sum + length, 0);
  if (kind !== "real" || rows < FEWEST || !parts.every((values) => values.length > 1 && goesOnEvenly(values)))
    return [];
  const step = Number((parts[0]![1]! - parts[0]![0]!).toPrecision(3));
  return [
    `column "${name}" goes on by ${step} in every row and is modelled: if it tells the time, say time: "${name}", else leave it out with drop`,
  ];
}
