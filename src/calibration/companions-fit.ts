/** How columns go together, learned from gaps that are made (`companions.ts`). */
import type { Column, Sequence } from "../data/dataset.ts";
import { sampleQuantile } from "../metrics/quantiles.ts";
import { type Companion, type Companions, GapTable } from "./companions.ts";
import { leastAbsolute } from "./least-absolute.ts";
import { type TornPiece, tornPieces } from "./made-gaps.ts";
import { isQuantity } from "./recalibrate.ts";

const ROUNDS = 3;

/** How many steps are looked at to learn from, and the fewest entries that a column is learned from. */
const [STEPS, LEAST] = [6000, 200] as const;

/** An entry goes twice as far from the line as all but a hundredth of the true ones, and no farther. */
const [USUAL, TWICE] = [0.99, 2] as const;

/** How many digits are kept. */
const DIGITS = 6;

/**
 * Learns how columns go together from entries that are taken away from sequences, such as those of a training split.
 *
 * @returns undefined where there are no sequences or no two quantities
 * @example
 * const companions = learnCompanions(data.splits.train, data.columns);
 * companions[0][2].weights; // [0.4, 0, 0, 0.1]: the third column goes along with the first
 */
export function learnCompanions(
  sequences: readonly Sequence[],
  columns: readonly Column[],
): Companions | undefined {
  if (sequences.length === 0 || columns.filter(isQuantity).length < 2) return undefined;
  const pieces = tornPieces(sequences, "partial", columns.length, STEPS);
  const tables = pieces.map(({ torn }) => new GapTable(torn, columns));
  return Array.from({ length: ROUNDS }, () => {
    const round = columns.map((_, d) => learnCompanion(pieces, tables, d));
    for (const table of tables) table.fill(round);
    return round;
  });
}

function learnCompanion(
  pieces: readonly TornPiece[],
  tables: readonly GapTable[],
  column: number,
): Companion {
  const outcomes = tables.flatMap((table, i) => table.outcomes(column, pieces[i]!.whole));
  const width = tables[0]?.width ?? 0;
  if (outcomes.length < LEAST) return { weights: Array.from({ length: width }, () => 0), most: 0 };
  const offs = outcomes.map(({ off }) => off);
  const far = Float64Array.from(offs, Math.abs).sort();
  const weights = leastAbsolute(
    outcomes.map(({ others }) => others),
    offs,
  );
  return {
    weights: weights.map((weight) => Number(weight.toPrecision(DIGITS))),
    most: Number((TWICE * sampleQuantile(far, USUAL)).toPrecision(DIGITS)),
  };
}
