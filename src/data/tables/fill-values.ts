/** Numbers that stand for "missing" and were not said to. */

import { grouped } from "../../words/figures.ts";
import type { Column } from "../dataset.ts";
import { unitOf } from "../scaling.ts";
import { observedOf } from "./statistics.ts";

/** Nothing that varies goes so many deviations away by itself. */
const FAR = 1000;
/** A column has no more of them. */
const MOST = 4;
/** A median of so many is near enough. */
const SAMPLE = 1000;
/** Fewer others do not tell how far is far. */
const FEWEST = 20;

interface FillValue {
  readonly value: number;
  readonly count: number;
  /** How far it lies from the mean of the others, in their deviations. */
  readonly distance: number;
}

/**
 * The values that lie thousands of deviations from all others: -9999, 1e30, 9.96921e+36.
 *
 * @example
 * fillValues([20, 21, -9999, 20.5, ...]); // [{ value: -9999, count: 8, distance: 14000 }]
 */
export function fillValues(entries: ArrayLike<number>): FillValue[] {
  const found: FillValue[] = [];
  let rest = observedOf(entries);
  while (found.length < MOST) {
    const value = farthestOf(rest);
    const { count: others, mean, deviation } = spreadWithout(rest, value);
    if (others < FEWEST) break;
    const distance = Math.abs(value / 2 - mean / 2) / (deviation / 2);
    if (!(deviation > 0 && distance > FAR)) break;
    found.push({ value, count: rest.length - others, distance });
    rest = rest.filter((other) => other !== value);
  }
  return found;
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

/** How many values are another one, and the mean and deviation of these. */
function spreadWithout(values: Float64Array, without: number) {
  let [count, most] = [0, 0];
  for (const value of values) {
    if (value === without) continue;
    count += 1;
    most = Math.max(most, Math.abs(value));
  }
  const unit = unitOf(most);
  const meanOf = (term: (value: number) => number) => {
    let sum = 0;
    for (const value of values) if (value !== without) sum += term(value / unit);
    return sum / count;
  };
  const mean = meanOf((value) => value);
  const deviation = Math.sqrt(meanOf((value) => (value - mean) ** 2));
  return { count, mean: mean * unit, deviation: deviation * unit };
}

/** What is told of such values of a column. */
export function fillNote({ name, kind }: Column, entries: ArrayLike<number>): string[] {
  if (kind !== "real") return [];
  const values = fillValues(entries);
  if (values.length === 0) return [];
  const shown = values.map(
    ({ value, count, distance }) =>
      `${value} (${count} of ${entries.length}) lies ${distance < 1e6 ? grouped(Math.round(distance)) : "over a million"} deviations`,
  );
  const option = `--missing=${values.map(({ value }) => value).join(",")}`;
  return [`column "${name}": ${shown.join(", ")} from all others; if it means missing: ${option}`];
}
