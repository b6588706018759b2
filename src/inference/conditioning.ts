/** Draws that learn from a step that was seen later. */

import { meanOf } from "../collections.ts";
import type { Column, ColumnKind } from "../data/dataset.ts";
import { nearestPoint } from "../data/grid.ts";
import type { Random } from "../random/generator.ts";

/** An entry that was seen, and what each particle had expected there. */
export interface Outcome {
  /** `[S]`: a draw of the entry from the forecast of each particle. */
  readonly expected: Float64Array;
  readonly seen: number;
}

/** What a later step showed. */
export interface Outcomes {
  /** Of the column itself. */
  readonly own: Outcome;
  /** Of other quantities. */
  readonly others: readonly Outcome[];
}

/**
 * Draws from p(x | y = seen) out of draws of (x, y), for some entries x of one column, the nearest to y last. Of a
 * quantity by Matheron's rule, x + Cov(x, y)/Var(y) · (seen − y), one y after the other: first that of the column itself,
 * then those of other columns whose correlation with the nearest x is more than chance would make of S draws. That is
 * exact where all are jointly normal and else the best linear correction, kept from running away where something unheard
 * of is seen: no entry moves by more than its own column surprised, nor by more of another than the particles thought
 * possible; it moves draws instead of choosing between
 * them, so they do not become fewer (Evensen and van Leeuwen, "An Ensemble Kalman Smoother for Nonlinear Dynamics", 2000;
 * Wilson et al., "Pathwise Conditioning of Gaussian Processes", 2021). Of other kinds by rejection: draws whose y was the
 * one that was seen stay, each other one becomes a copy of one that stays; other columns tell nothing.
 *
 * @param entries `[S]` each @param random chooses what is copied
 * @returns the same entries
 * @example
 * conditioned(load, [draws], { own: { expected, seen: 0.7 }, others: [] }, random); // moved towards what fits with 0.7
 */
export function conditioned(
  column: Column,
  entries: readonly Float64Array[],
  { own, others }: Outcomes,
  random: Pick<Random, "integer">,
): Float64Array[] {
  if (supports[column.kind] === undefined) return entries.map((draws) => agreeing(draws, own, random));
  const draws = entries.map((each) => each.slice());
  const nearest = draws.at(-1);
  const left = others.map((other) => ({ ...other, expected: other.expected.slice() }));
  const take = ({ expected, seen }: Outcome, greatest: number) => {
    for (const target of draws) move(target, expected, seen, greatest);
    for (const other of left) move(other.expected, expected, seen);
  };
  take(own, 1);
  while (left.length > 0) {
    const other = left.shift()!;
    if (nearest !== undefined && testOf(nearest, other.expected).f > CHANCE)
      take(withinReach(other), Infinity);
  }
  return draws.map((each) => each.map((value) => nearestDraw(column, value)));
}

/** Another column says no more than the particles thought possible: a line through their draws holds no farther. */
function withinReach({ expected, seen }: Outcome): Outcome {
  const [least, most] = [Math.min(...expected), Math.max(...expected)];
  return { expected, seen: Math.min(Math.max(seen, least), most) };
}

/** F of a correlation that one in twenty pairs without any exceeds. */
const CHANCE = 4;

/** The nearest value that a draw of a column may have: of real ones any, as draws come before the grid. */
export const nearestDraw = (column: Column, value: number): number =>
  supports[column.kind]?.(value, column) ?? value;

/** Kinds that are no quantities have no entry. */
const supports: Readonly<Partial<Record<ColumnKind, (value: number, column: Column) => number>>> = {
  real: (value) => value,
  quantised: (value, column) => nearestPoint(column)(value),
  count: (value) => Math.max(0, Math.round(value)),
  proportion: (value) => Math.min(Math.max(value, 0), 1),
};

/**
 * Moves x by Cov(x, y)/Var(y) · (seen − y), the gain made smaller by what chance alone would give of S pairs: by 1 − 1/F
 * (James and Stein 1961, positive part).
 */
function move(x: Float64Array, y: Float64Array, seen: number, greatest = Infinity): void {
  const { slope, f } = testOf(x, y);
  if (!(f > 1)) return;
  const gain = Math.min(Math.max((1 - 1 / f) * slope, -greatest), greatest);
  y.forEach((value, s) => {
    x[s]! += gain * (seen - value);
  });
}

/** The slope of x over y, and F = r²(S − 2)/(1 − r²), which tests it against 0; NaN where one of them is constant. */
function testOf(x: Float64Array, y: Float64Array): { readonly slope: number; readonly f: number } {
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let [xx, xy, yy] = [0, 0, 0];
  y.forEach((value, s) => {
    const [ofX, ofY] = [x[s]! - meanX, value - meanY];
    xx += ofX ** 2;
    xy += ofX * ofY;
    yy += ofY ** 2;
  });
  return { slope: xy / yy, f: (xy ** 2 * (y.length - 2)) / (xx * yy - xy ** 2) };
}

function agreeing(
  draws: Float64Array,
  { expected, seen }: Outcome,
  random: Pick<Random, "integer">,
): Float64Array {
  const kept = draws.filter((_, s) => expected[s] === seen);
  if (kept.length === 0) return draws;
  return draws.map((value, s) => (expected[s] === seen ? value : kept[random.integer(kept.length)]!));
}
