/** What expectation maximisation needs to know of a distribution: a contract that each kind of emission fulfils in a file of its own. */
import type { Column } from "../../../data/dataset.ts";

/**
 * The distribution of some columns in one state, on the host in float64: its log density, its sufficient statistics and
 * the parameters that fit these best. Entries that are NaN are missing, and summed out.
 *
 * Parameters of a state are `[P]`, raw weights those of the graph's `emission`, `[R]`; values are the columns of a
 * sequence, `[T]` each.
 */
export interface EmissionFit {
  /** How many numbers a state is free in. */
  readonly free: number;
  /** What raw weights of a state stand for. @param raw `[R]` @returns `[P]` */
  parametersOf(raw: Float64Array): Float64Array;
  /** The way back. @param parameters `[P]` @returns `[R]` */
  rawOf(parameters: Float64Array): readonly number[];
  /** Adds log p(x_t) of each step, up to what no state changes. @param logs `[T]` */
  addLogDensities(logs: Float64Array, values: Values, parameters: Float64Array): void;
  /** What no state changes of log p(x) of all observed entries. */
  logConstant(values: Values): number;
  /** Statistics of nothing. */
  empty(): Float64Array;
  /** Adds the expected statistics of a sequence. @param shares `[T]`: p(s_t | x), how much each step counts */
  addExpected(statistics: Float64Array, values: Values, shares: Float64Array, parameters: Float64Array): void;
  /** The likeliest parameters, never beyond their bounds; those of before where nothing counts. */
  maximised(statistics: Float64Array, before: Float64Array): Float64Array;
}

/** The columns of a sequence, `[T]` each. */
export type Values = readonly Float64Array[];

/** The fit of columns that are independent of each other given the state, one by one. */
export interface ColumnFit extends EmissionFit {
  /** How many raw weights the column has in each block of its family: of a normal one a mean and a scale, `[1, 1]`. */
  readonly blocks: readonly number[];
}

/** Makes the fit of one column. */
export type ColumnFitOf = (column: Column) => ColumnFit;

/**
 * The likeliest shares of counts none of which is under `least`: those that would be are held there, and the others part
 * what is left (the conditions of Karush, Kuhn and Tucker). Nothing counted: undefined.
 *
 * @example
 * sharesAbove(Float64Array.of(0, 1, 3), 0.2); // [0.2, 0.2, 0.6]
 */
export function sharesAbove(counts: Float64Array, least: number): Float64Array | undefined {
  const held = new Uint8Array(counts.length);
  let [free, room] = [counts.reduce((all, count) => all + count, 0), 1];
  if (!(free > 0)) return undefined;
  for (let i = 0; i < counts.length; i++) {
    if (held[i] === 1 || counts[i]! * room >= least * free) continue;
    held[i] = 1;
    free -= counts[i]!;
    room -= least;
    i = -1; // what is left for the others has changed
  }
  return counts.map((count, i) => (held[i] === 1 ? least : (count / free) * room));
}

/** Shares under this part of an even one are held there: what was never seen in a state stays possible. */
export const LEAST_PART = 2e-4;

/** The sum of what is said of each observed entry. */
export function sumOverSeen(values: Float64Array, of: (x: number) => number): number {
  let all = 0;
  for (let t = 0; t < values.length; t++) {
    const x = values[t]!;
    if (!Number.isNaN(x)) all += of(x);
  }
  return all;
}
