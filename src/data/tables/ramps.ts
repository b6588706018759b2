/** Columns that count: what tells the time under a name that does not say so. */
import type { Column } from "../dataset.ts";

/** Fewer rows may go on evenly by chance. */
const FEWEST = 20;
/** Steps may be so much longer or shorter than the usual one, as a share of it. */
const UNEVEN = 0.01;
/** As large a share of them may be otherwise. */
const MISSED = 0.05;

/** The step by which numbers go on, up or down, but for a few that are longer or shorter; undefined where there is none. */
function evenStep(values: ArrayLike<number>): number | undefined {
  const step = (i: number) => values[i]! - values[i - 1]!;
  const last = values.length - 1;
  const usual = [step(1), step((last + 1) >> 1), step(last)].sort((a, b) => a - b)[1]!;
  let missed = 0;
  for (let i = 1; i <= last; i++) {
    if (!(step(i) * usual > 0)) return undefined;
    if (Math.abs(step(i) - usual) > UNEVEN * Math.abs(usual)) missed += 1;
  }
  return missed > MISSED * last ? undefined : usual;
}

/**
 * What is told of a column that goes on by one step in nearly every row of the training split: it tells the time, or counts.
 *
 * @param parts its entries, sequence by sequence
 * @example
 * rampNote(elapsed, [[0, 0.1, 0.2, ...]]); // ['column "elapsed" goes on by 0.1 from row to row ...']
 */
export function rampNote({ name, kind }: Column, parts: readonly ArrayLike<number>[]): string[] {
  const rows = parts.reduce((sum, { length }) => sum + length, 0);
  if (kind !== "real" || rows < FEWEST) return [];
  const steps = parts.map((values) => (values.length > 1 ? evenStep(values) : undefined));
  if (steps.includes(undefined)) return [];
  return [
    `column "${name}" goes on by ${Number(steps[0]!.toPrecision(3))} from row to row and is modelled: if it tells the time, say time: "${name}", else leave it out with drop`,
  ];
}
