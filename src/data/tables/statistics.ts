import { VrnnError } from "../../errors.ts";
import type { Column, ColumnKind } from "../dataset.ts";
import { type Grid, NO_GRID } from "../grid.ts";
import { unitOf } from "../scaling.ts";
import { inferGrid } from "./resolution.ts";

/** What is known of a column before its statistics. */
export interface ColumnDraft {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly levels: readonly string[];
  /** The grid of a real column where the user gave it; inferred otherwise. */
  readonly resolution?: number | undefined;
}

/** The statistics of the training entries of a column. */
export interface Summary {
  readonly mean: number;
  /** The population's. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** How many entries were observed, and how many there are. */
  readonly observed: number;
  readonly total: number;
  /** How often each level was observed. */
  readonly counts: readonly number[];
  /** The grid that the observed entries lie on. */
  readonly grid: () => Grid;
}

/**
 * Completes a column by the statistics of its training entries (NaN is missing; a level is its index).
 * The deviation is the population's. With no observed entry all of them are 0 and `missing` is 1.
 *
 * @example
 * columnOf({ name: "x", kind: "real", levels: [] }, [1, 2, Number.NaN, 3]).mean; // 2
 */
export function columnOf(draft: ColumnDraft, train: ArrayLike<number>): Column {
  const observed = observedOf(train);
  const moments = momentsOf(observed);
  return columnBy(draft, {
    ...moments,
    observed: observed.length,
    total: train.length,
    counts: countsOf(draft.levels.length, observed),
    grid: () => inferGrid(observed, moments.standardDeviation),
  });
}

/** How often each of some levels occurs. */
function countsOf(levels: number, observed: Float64Array): number[] {
  const counts = new Array<number>(levels).fill(0);
  if (levels > 0) for (const level of observed) counts[level]! += 1;
  return counts;
}

/** Completes a column by statistics that were gathered elsewhere. */
export function columnBy(draft: ColumnDraft, summary: Summary): Column {
  const { name, kind, levels } = draft;
  const { mean, standardDeviation: deviation, minimum, maximum, observed, total, counts } = summary;
  const { step, origin } = gridOf(draft, summary);
  return {
    name,
    kind,
    levels,
    resolution: step,
    ...(origin !== 0 && { origin }),
    ...(kind === "quantised" && { range: formatRange(minimum, maximum) }),
    mean,
    standardDeviation: deviation,
    minimum,
    maximum,
    missing: total > 0 ? 1 - observed / total : 1,
    shares: counts.map((count) => count / observed),
  };
}

/** What is said of the grid, or what the entries tell. */
function gridOf({ kind, resolution }: ColumnDraft, { grid }: Summary): Grid {
  if (kind === "quantised") return { step: 1, origin: 0 };
  if (kind !== "real") return NO_GRID;
  return resolution === undefined ? grid() : { step: resolution, origin: 0 };
}

/**
 * Refuses a column whose numbers are too far apart, or too near, to be scaled in float64.
 *
 * @throws VrnnError `data/range`
 */
export function refuseRange(
  { kind, mean, standardDeviation: deviation, minimum, maximum }: Column,
  at: string,
): void {
  const fits = Number.isFinite(maximum - minimum) && Number.isFinite(mean) && deviation >= SMALLEST;
  if (kind === "categorical" || maximum === minimum || (fits && Number.isFinite(1 / deviation))) return;
  throw new VrnnError("data/range", `numbers from ${minimum} to ${maximum} are beyond what can be scaled`, {
    at,
    remedy: "give the column in another unit, or read what is no value as missing with the option missing",
  });
}

/** The least deviation that has all the digits of a float64. */
const SMALLEST = 2 ** -1000;

/** The whole numbers that formats hold, the narrowest first. */
const FORMAT_RANGES: readonly (readonly [number, number])[] = [
  [0, 255],
  [-128, 127],
  [-32_768, 32_767],
  [0, 65_535],
];

/**
 * The narrowest format of 8 or 16 bits that holds all values between two.
 *
 * @example
 * formatRange(-3, 140); // [-32768, 32767]
 */
function formatRange(minimum: number, maximum: number): readonly [number, number] {
  const fits = ([lowest, highest]: readonly [number, number]) => minimum >= lowest && maximum <= highest;
  return FORMAT_RANGES.find(fits) ?? [minimum, maximum];
}

/** The entries that are not missing, in the same memory where all are there. */
export function observedOf(entries: ArrayLike<number>): Float64Array {
  if (entries instanceof Float64Array && !entries.some(Number.isNaN)) return entries;
  const observed = new Float64Array(entries.length);
  let count = 0;
  for (let i = 0; i < entries.length; i++) {
    if (!Number.isNaN(entries[i]!)) observed[count++] = entries[i]!;
  }
  return observed.subarray(0, count);
}

type Moments = Pick<Column, "mean" | "standardDeviation" | "minimum" | "maximum">;

function momentsOf(values: Float64Array): Moments {
  if (values.length === 0) return { mean: 0, standardDeviation: 0, minimum: 0, maximum: 0 };
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  const unit = unitOf(Math.max(Math.abs(minimum), Math.abs(maximum)));
  let sum = 0;
  for (const value of values) sum += value / unit;
  const mean = sum / values.length;
  const spread = unitOf(Math.max(maximum / unit - mean, mean - minimum / unit));
  // A second pass keeps the digits that a sum of squares would lose to a large mean.
  let squares = 0;
  for (const value of values) squares += ((value / unit - mean) / spread) ** 2;
  const deviation = Math.sqrt(squares / values.length) * spread * unit;
  return { mean: mean * unit, standardDeviation: deviation, minimum, maximum };
}
