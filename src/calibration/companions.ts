/**
 * What the other columns of a step say of a missing entry: how far it is from the straight line between its observed
 * neighbours is told by how far they are from their own lines between the same two steps. A level that has drifted since
 * training is in no such distance, and where all columns are missing together none is left, so that the line fills.
 * Columns that are missing there too take part by what fills them: in rounds, each with weights of its own, as in chained
 * equations (van Buuren and Groothuis-Oudshoorn, "mice: Multivariate Imputation by Chained Equations in R", 2011).
 */
import type { Column, Sequence } from "../data/dataset.ts";
import { columnUnits } from "../data/inputs.ts";
import { unitsAt } from "../data/scaling.ts";
import { Neighbours, type Span } from "./neighbours.ts";
import { isQuantity } from "./recalibrate.ts";

/** What tells how far one column is from its line. */
export interface Companion {
  /** `[D]`: by how many of its units it leaves its line for each unit that another column leaves its own. */
  readonly weights: readonly number[];
  /** The farthest from the line, in units of the column. */
  readonly most: number;
}

/** How columns go together: `[rounds][D]`, each round reads what the one before has filled. */
export type Companions = readonly (readonly Companion[])[];

/**
 * A sequence whose gaps are filled by lines and by what the other columns say: `[length · D]` in the units of the data. A
 * column of which nothing was observed stays 0, and nothing is told by it.
 */
export function filledByCompanions(
  sequence: Sequence,
  columns: readonly Column[],
  companions: Companions,
): Float64Array {
  const table = new GapTable(sequence, columns);
  for (const round of companions) table.fill(round);
  return table.values;
}

/** How far a missing entry was from its line, and how far the other columns are from theirs, in units. */
export interface Off {
  readonly off: number;
  readonly others: Float64Array;
}

/** A missing entry between its neighbours. */
interface Place extends Span {
  readonly step: number;
}

/** The values of a sequence, gaps filled: by lines at first. */
export class GapTable {
  values: Float64Array;
  readonly width: number;
  /** `[D]`: the missing entries of each column, none of a column that is no quantity or was never observed. */
  private readonly gaps: readonly (readonly Place[])[];
  private readonly isTold: readonly boolean[];
  private readonly lines: Float64Array;
  private readonly unitAt: (step: number) => Float64Array;

  constructor(sequence: Sequence, columns: readonly Column[]) {
    const { values, length, units } = sequence;
    this.width = columns.length;
    this.isTold = columns.map(isQuantity);
    const usual = columnUnits(columns);
    this.unitAt = (step) => unitsAt(units, usual, step).scale;
    this.lines = values.map((value) => (Number.isNaN(value) ? 0 : value));
    this.gaps = columns.map((_, d) => (this.isTold[d] ? this.layLines(values, length, d) : []));
    this.values = this.lines;
  }

  private layLines(values: Float64Array, length: number, column: number): Place[] {
    const own = Float64Array.from({ length }, (_, step) => values[step * this.width + column]!);
    const neighbours = new Neighbours(own);
    return [...own.keys()].flatMap((step): Place[] => {
      const span = Number.isNaN(own[step]) ? neighbours.span(step) : undefined;
      if (span === undefined) return [];
      this.lines[step * this.width + column] = neighbours.lineAt(span);
      return [{ step, ...span }];
    });
  }

  /** What stood in the gaps of a column. */
  outcomes(column: number, whole: Sequence): Off[] {
    return this.gaps[column]!.flatMap((place): Off[] => {
      const at = place.step * this.width + column;
      const value = whole.values[at]!;
      if (Number.isNaN(value)) return [];
      const off = (value - this.lines[at]!) / this.unitAt(place.step)[column]!;
      return [{ off, others: this.others(place, column) }];
    });
  }

  /** Fills the gaps anew, all by what stood there before. */
  fill(round: readonly Companion[]): void {
    const filled = this.lines.slice();
    round.forEach(({ weights, most }, column) => {
      for (const place of this.gaps[column]!) {
        const off = this.others(place, column).reduce((sum, other, k) => sum + weights[k]! * other, 0);
        const at = place.step * this.width + column;
        filled[at]! += Math.min(Math.max(off, -most), most) * this.unitAt(place.step)[column]!;
      }
    });
    this.values = filled;
  }

  /** `[D]`: how far each other column is from its line between the neighbours of an entry, in its units. */
  private others({ step, left, right, share }: Place, column: number): Float64Array {
    const { values, width } = this;
    return this.unitAt(step).map((unit, k) => {
      if (k === column || !this.isTold[k]) return 0;
      const line = (1 - share) * values[left * width + k]! + share * values[right * width + k]!;
      return (values[step * width + k]! - line) / unit;
    });
  }
}
