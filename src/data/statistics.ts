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
  const observed = observedOf(train);
  const { mean, deviation, minimum, maximum } = momentsOf(observed);
  const grid = () => draft.resolution ?? inferResolution(observed, deviation);
  return {
    name,
    kind,
    levels,
    resolution: kind === "real" ? grid() : kind === "quantised" ? 1 : 0,
    ...(kind === "quantised" && { range: formatRange(minimum, maximum) }),
    mean,
    deviation,
    minimum,
    maximum,
    missing: train.length > 0 ? 1 - observed.length / train.length : 1,
    shares: levels.map((_, level) => observed.filter((value) => value === level).length / observed.length),
  };
}

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

function observedOf(entries: ArrayLike<number>): Float64Array {
  const observed = new Float64Array(entries.length);
  let count = 0;
  for (let i = 0; i < entries.length; i++) {
    if (!Number.isNaN(entries[i]!)) observed[count++] = entries[i]!;
  }
  return observed.subarray(0, count);
}

type Moments = Pick<Column, "mean" | "deviation" | "minimum" | "maximum">;

function momentsOf(values: Float64Array): Moments {
  if (values.length === 0) return { mean: 0, deviation: 0, minimum: 0, maximum: 0 };
  let sum = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    sum += value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  const mean = sum / values.length;
  // A second pass keeps the digits that a sum of squares would lose to a large mean.
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length), minimum, maximum };
}
