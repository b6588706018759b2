import type { Column, ColumnKind } from "./dataset.ts";
import { inferResolution } from "./resolution.ts";

/** What is known of a column before its statistics. */
export interface ColumnDraft {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly levels: readonly string[];
  /** The grid of a real column where the user gave it; inferred otherwise. */
  readonly resolution?: number | undefined;
}

/**
 * Completes a column by the statistics of its training entries (NaN is missing; a level is its index).
 * The deviation is the population's. With no observed entry all of them are 0 and `missing` is 1.
 *
 * @example
 * columnOf({ name: "x", kind: "real", levels: [] }, [1, 2, Number.NaN, 3]).mean; // 2
 */
export function columnOf(draft: ColumnDraft, train: ArrayLike<number>): Column {
  const { name, kind, levels } = draft;
  const observed = Float64Array.from(train).filter((value) => !Number.isNaN(value));
  const mean = average(observed, (value) => value);
  const deviation = Math.sqrt(average(observed, (value) => (value - mean) ** 2));
  const grid = () => draft.resolution ?? inferResolution(observed, deviation);
  return {
    name,
    kind,
    levels,
    resolution: kind === "real" ? grid() : 0,
    mean,
    deviation,
    minimum: observed.length > 0 ? observed.reduce((least, value) => Math.min(least, value)) : 0,
    maximum: observed.length > 0 ? observed.reduce((most, value) => Math.max(most, value)) : 0,
    missing: train.length > 0 ? 1 - observed.length / train.length : 1,
    shares: levels.map((_, level) => average(observed, (value) => (value === level ? 1 : 0))),
  };
}

function average(values: Float64Array, of: (value: number) => number): number {
  let total = 0;
  for (const value of values) total += of(value);
  return values.length > 0 ? total / values.length : 0;
}
