/** Columns that count: what tells the time under a name that does not say so. */
import type { Column } from "../dataset.ts";

/** Fewer rows may go on evenly by chance. */
const FEWEST = 20;
/** So may the rows of shorter sequences: the one step of two rows is always even. */
const FEWEST_OF_PART = 3;
/** Steps may be so much longer or shorter than the usual one, as a share of it. */
const UNEVEN = 0.01;
/** As large a share of them may be otherwise. */
const MISSED = 0.05;

/** The step by which all parts go on, up or down, but for a few that are longer or shorter; undefined where there is none. */
function commonStep(parts: readonly ArrayLike<number>[]): number | undefined {
  const usual = usualStep(parts[0]!);
  let [steps, missed] = [0, 0];
  for (const values of parts)
    for (let i = 1; i < values.length; i++) {
      const step = values[i]! - values[i - 1]!;
      if (!(step * usual > 0)) return undefined;
      steps += 1;
      if (Math.abs(step - usual) > UNEVEN * Math.abs(usual)) missed += 1;
    }
  return missed > MISSED * steps ? undefined : usual;
}

/** The middle one of three steps of a part: the first, one halfway and the last. */
function usualStep(values: ArrayLike<number>): number {
  const step = (i: number) => values[i]! - values[i - 1]!;
  const last = values.length - 1;
  return [step(1), step((last + 1) >> 1), step(last)].sort((a, b) => a - b)[1]!;
}

/**
 * What is told of a modelled column that goes on by one step in nearly every row of the training split: it tells the time,
 * or counts.
 *
 * @param parts its entries, sequence by sequence
 * @example
 * rampNote(elapsed, [[0, 0.1, 0.2, ...]]); // ['column "elapsed" goes on by 0.1 from row to row ...']
 */
export function rampNote({ name, kind }: Column, parts: readonly ArrayLike<number>[]): string[] {
  const rows = parts.reduce((sum, { length }) => sum + length, 0);
  if (kind !== "real" || rows < FEWEST || parts.some(({ length }) => length < FEWEST_OF_PART)) return [];
  const step = commonStep(parts);
  if (step === undefined) return [];
  return [
    `column "${name}" goes on by ${Number(step.toPrecision(3))} from row to row and is modelled: if it tells the time, say time: "${name}", else leave it out with drop`,
  ];
}
