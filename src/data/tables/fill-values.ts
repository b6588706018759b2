/** Numbers that stand for "missing" and were not said to. */

import { grouped } from "../../words/figures.ts";
import type { Column } from "../dataset.ts";
import { unitOf } from "../scaling.ts";
import { observedOf } from "./statistics.ts";

/** Nothing that varies goes so many deviations away by itself. */
const FAR = 1000;
/** What loggers write where there is no number: -999, 9999, 99.9, -1, the ends of 16 and 32 bits. */
const CODE = /^-?9{2,}(?:\.9+)?$|^-?(?:7{3,}|8{3,})$|^-1$|^(?:-32768|32767|65535|-2147483648|2147483647)$/;
/** A column has no more of them. */
export const MOST = 4;
/** A median of so many is near enough. */
const SAMPLE = 1000;
/** Fewer others do not tell how far is far. */
export const FEWEST = 20;

export interface FillValue {
  readonly value: number;
  readonly count: number;
  /** How far it lies from the mean of the others, in their deviations. */
  readonly distance: number;
}

/**
 * The values that lie thousands of deviations from all others: -9999, 1e30, 9.96921e+36. Of one that often stands for
 * "missing", such as -999, it is enough that it lies farther from the others than these from each other.
 *
 * @example
 * fillValues([20, 21, -9999, 20.5, ...]); // [{ value: -9999, count: 8, distance: 14000 }]
 */
export function fillValues(entries: ArrayLike<number>): FillValue[] {
  const found: FillValue[] = [];
  let rest = observedOf(entries);
  while (found.length < MOST) {
    const value = farthestOf(rest);
    const { count: others, ...spread } = spreadWithout(rest, value);
    if (others < FEWEST) break;
    const distance = distanceApart(value, spread);
    if (distance === undefined) break;
    found.push({ value, count: rest.length - others, distance });
    rest = rest.filter((other) => other !== value);
  }
  return found;
}

/** How far a value that stands for "missing" lies from the mean of others, in their deviations; undefined for any other. */
export function distanceApart(
  value: number,
  { mean, standardDeviation: deviation, minimum, maximum }: Spread,
): number | undefined {
  const distance = Math.abs(value / 2 - mean / 2) / (deviation / 2);
  const gap = Math.max(minimum - value, value - maximum);
  const isFar = distance > FAR || (gap > maximum - minimum && CODE.test(String(value)));
  return deviation > 0 && isFar ? distance : undefined;
}

/** The least or the greatest value, whichever is farther from the median of some of them. */
function farthestOf(values: Float64Array): number {
  const every = Math.ceil(values.length / SAMPLE);
  const sorted = values.filter((_, i) => i % every === 0).sort();
  const middle = sorted[sorted.length >> 1]!;
  let [least, greatest] = [middle, middle];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return middle - least > greatest - middle ? least : greatest;
}

type Spread = Pick<Column, "mean" | "standardDeviation" | "minimum" | "maximum">;

/** How many values are another one, and how these are spread. */
function spreadWithout(values: Float64Array, without: number): Spread & { readonly count: number } {
  let [count, minimum, maximum] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === without) continue;
    count += 1;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
  }
  const unit = unitOf(Math.max(maximum, -minimum));
  let sum = 0;
  for (const value of values) if (value !== without) sum += value / unit;
  const mean = sum / count;
  let squares = 0;
  for (const value of values) if (value !== without) squares += (value / unit - mean) ** 2;
  const deviation = Math.sqrt(squares / count);
  return { count, mean: mean * unit, standardDeviation: deviation * unit, minimum, maximum };
}

/** So much of a deviation may be lost to rounding before it is told. */
const COARSE = 1e-3;

/** What is told of numbers whose last digits a float64 does not keep. */
function coarseNote({ name, standardDeviation: deviation, minimum, maximum, resolution }: Column): string[] {
  const size = Math.max(Math.abs(minimum), Math.abs(maximum));
  const step = 2 ** (Math.floor(Math.log2(size)) - 52);
  // A grid above that is what is recorded, unless whole numbers have no neighbours left.
  const isRecorded = resolution > step && size <= Number.MAX_SAFE_INTEGER;
  return step < COARSE * deviation || isRecorded
    ? []
    : [`column "${name}": numbers of the size of ${size} are kept to ${step}, finer digits are lost`];
}

/** What is told of such values of a column, or else of digits that it lost. */
export const fillNote = (column: Column, entries: ArrayLike<number>): string[] =>
  fillNoteOf(column, entries.length, () => fillValues(entries));

/**
 * The same where the values are found otherwise.
 *
 * @param total how many entries there are
 */
export function fillNoteOf(column: Column, total: number, find: () => readonly FillValue[]): string[] {
  const { name, kind } = column;
  if (kind !== "real" || column.maximum === column.minimum) return [];
  const values = find();
  if (values.length === 0) return coarseNote(column);
  const shown = values.map(
    ({ value, count, distance }) =>
      `${value} (${count} of ${total}) lies ${distance < 1e6 ? grouped(Math.round(distance)) : "over a million"} deviations`,
  );
  const option = `--missing=${values.map(({ value }) => value).join(",")}`;
  return [`column "${name}": ${shown.join(", ")} from all others; if it means missing: ${option}`];
}
