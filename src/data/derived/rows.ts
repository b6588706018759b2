/** The values of derived covariates, step by step. */
import { concatenated } from "../../collections.ts";
import type { Column, ConditionColumn } from "../dataset.ts";
import { type DerivedColumn, isDerived } from "./derived-column.ts";
import { type DerivedSource, kindOf } from "./kinds.ts";

/**
 * The derived covariates of steps `start` to the last of a source.
 *
 * @param columns those of the values
 * @returns `[T − start, C]`; NaN is withheld
 * @example
 * derivedRows([hourSine], columns, { times: Float64Array.of(0, 21_600), values }); // [0, 1]
 */
export function derivedRows(
  derived: readonly Pick<DerivedColumn, "derived">[],
  columns: readonly Column[],
  source: DerivedSource,
  start = 0,
): Float64Array {
  const readers = derived.map((column) => kindOf(column.derived).reader(column.derived, columns));
  const steps = source.values.length / columns.length;
  const rows = new Float64Array((steps - start) * derived.length);
  for (let t = start; t < steps; t++)
    for (const [c, read] of readers.entries()) rows[(t - start) * derived.length + c] = read(source, t);
  return rows;
}

/** How many steps before a step some covariates look at, at most. */
export const reachOf = (derived: readonly DerivedColumn[]): number =>
  Math.max(0, ...derived.map(({ derived: own }) => kindOf(own).reach(own)));

/** What has been, as far as it is known when a forecast sets out. */
export interface DerivedPast {
  /** `[T]` in seconds */
  readonly times?: Float64Array | undefined;
  /** `[T, D]` */
  readonly values: Float64Array;
}

/**
 * The derived covariates of steps to come: those of their times, and of values as far as they have been seen.
 *
 * @param times `[horizon]`: when the steps will be, where the past has times
 * @returns `[horizon, C]`; NaN is what is not known yet
 */
export function derivedAhead(
  derived: readonly DerivedColumn[],
  columns: readonly Column[],
  past: DerivedPast,
  { horizon, times }: { readonly horizon: number; readonly times?: Float64Array | undefined },
): Float64Array {
  const width = columns.length;
  const kept = Math.min(past.values.length / width, reachOf(derived));
  const values = new Float64Array((kept + horizon) * width).fill(Number.NaN);
  values.set(past.values.subarray(past.values.length - kept * width));
  const source = {
    values,
    ...(past.times && times && { times: concatenated([last(past.times, kept), times]) }),
  };
  return derivedRows(derived, columns, source, kept);
}

const last = (times: Float64Array, count: number) => times.subarray(times.length - count);

/**
 * Conditions with the derived ones at their places.
 *
 * @param conditions C, of which some are derived
 * @param given `[T, C]` with anything at those places; nothing: all are derived
 * @param rows `[T, derived]`
 * @returns `[T, C]`, a copy
 */
export function withDerivedRows(
  conditions: readonly ConditionColumn[],
  given: Float64Array | undefined,
  rows: Float64Array,
): Float64Array {
  const [width, places] = [conditions.length, placesOf(conditions)];
  const steps = rows.length / places.length;
  const all = given?.slice(0, steps * width) ?? new Float64Array(steps * width);
  for (let t = 0; t < steps; t++)
    for (const [c, place] of places.entries()) all[t * width + place] = rows[t * places.length + c]!;
  return all;
}

/** Where among all conditions the derived ones stand. */
const placesOf = (conditions: readonly ConditionColumn[]): number[] =>
  conditions.flatMap((column, c) => (isDerived(column) ? [c] : []));

/** `[T, A]` and `[T, B]` beside each other: `[T, A + B]`. */
export function besideEach(left: Float64Array, right: Float64Array, steps: number): Float64Array {
  const [a, b] = [left.length / steps, right.length / steps];
  const all = new Float64Array(left.length + right.length);
  for (let t = 0; t < steps; t++) {
    all.set(left.subarray(t * a, (t + 1) * a), t * (a + b));
    all.set(right.subarray(t * b, (t + 1) * b), t * (a + b) + a);
  }
  return all;
}
