/** What the entries of a column that were observed say of a missing one. */
import { firstPlace } from "../collections.ts";

/** What was observed around a missing entry, in the units of the data. */
export interface Neighbourhood {
  /** How many steps away the nearest observed entry is. */
  readonly nearest: number;
  /** The straight line between the neighbours, at the missing entry; before the first and after the last their value. */
  readonly line: number;
  /** |after − before| of the neighbours; 0 where there is one. */
  readonly jump: number;
  /** The deviation there of a random walk of unit steps that is tied to the neighbours: √(ab/(a + b)), √a where there is one. */
  readonly bridge: number;
  /** The mean absolute difference of successive entries, on either side of the gap; 0 where there are no two. */
  readonly activity: number;
}

/** How many observed entries on either side tell how lively a column is. */
const NEAR = 10;

/** The observed entries of one column. */
export class Neighbours {
  private readonly values: Float64Array;
  /** The steps of what was observed, ascending. */
  private readonly steps: readonly number[];

  /** @param values `[length]`: NaN where an entry is missing */
  constructor(values: Float64Array) {
    this.values = values;
    this.steps = [...values.keys()].filter((step) => !Number.isNaN(values[step]));
  }

  /**
   * What was observed around a missing entry; undefined where nothing was in all of the column.
   *
   * @example
   * new Neighbours(Float64Array.of(1, NaN, NaN, 4)).around(1); // { nearest: 1, line: 2, jump: 3, bridge: 0.82, activity: 0 }
   */
  around(step: number): Neighbourhood | undefined {
    const { steps } = this;
    const after = firstPlace(0, steps.length, (place) => steps[place]! > step);
    const [left, right] = [steps[after - 1], steps[after]];
    const activity = this.activityAt(after);
    if (left === undefined || right === undefined) {
      const only = left ?? right;
      if (only === undefined) return undefined;
      const nearest = Math.abs(step - only);
      return { nearest, line: this.values[only]!, jump: 0, bridge: Math.sqrt(nearest), activity };
    }
    const [a, b] = [step - left, right - step];
    const [before, difference] = [this.values[left]!, this.values[right]! - this.values[left]!];
    return {
      nearest: Math.min(a, b),
      line: before + (a / (a + b)) * difference,
      jump: Math.abs(difference),
      bridge: Math.sqrt((a * b) / (a + b)),
      activity,
    };
  }

  /** @param after the place among the observed entries of the first one after the gap */
  private activityAt(after: number): number {
    const sides = [this.steps.slice(Math.max(0, after - NEAR), after), this.steps.slice(after, after + NEAR)];
    const differences = sides.flatMap((side) =>
      side.slice(1).map((step, i) => Math.abs(this.values[step]! - this.values[side[i]!]!)),
    );
    return differences.reduce((sum, each) => sum + each, 0) / Math.max(1, differences.length);
  }
}
