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

/** The observed entries on either side of a missing one: the same one twice where there is one alone. */
export interface Span {
  readonly left: number;
  readonly right: number;
  /** Which share of the way from left to right it lies; 0 where there is one alone. */
  readonly share: number;
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

  /** Between which observed entries a step lies; undefined where there is none in all of the column. */
  span(step: number): Span | undefined {
    const after = this.placeAfter(step);
    const [before, next] = [this.steps[after - 1], this.steps[after]];
    const [left, right] = [before ?? next, next ?? before];
    if (left === undefined || right === undefined) return undefined;
    return { left, right, share: left === right ? 0 : (step - left) / (right - left) };
  }

  /** The straight line between observed entries. */
  lineAt({ left, right, share }: Span): number {
    return this.values[left]! + share * (this.values[right]! - this.values[left]!);
  }

  /** The place among the observed entries of the first one after a step. */
  private placeAfter(step: number): number {
    return firstPlace(0, this.steps.length, (place) => this.steps[place]! > step);
  }

  /**
   * What was observed around a missing entry; undefined where nothing was in all of the column.
   *
   * @example
   * new Neighbours(Float64Array.of(1, NaN, NaN, 4)).around(1); // { nearest: 1, line: 2, jump: 3, bridge: 0.82, activity: 0 }
   */
  around(step: number): Neighbourhood | undefined {
    const span = this.span(step);
    if (span === undefined) return undefined;
    const { left, right } = span;
    const line = this.lineAt(span);
    const activity = this.activityAt(this.placeAfter(step));
    if (left === right) {
      const nearest = Math.abs(step - left);
      return { nearest, line, jump: 0, bridge: Math.sqrt(nearest), activity };
    }
    const [a, b] = [step - left, right - step];
    return {
      nearest: Math.min(a, b),
      line,
      jump: Math.abs(this.values[right]! - this.values[left]!),
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
