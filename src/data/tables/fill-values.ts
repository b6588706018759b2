/** Numbers that stand for "missing" and were not said to. */

import { grouped } from "../../words/figures.ts";
import type { Column } from "../dataset.ts";
import { unitOf } from "../scaling.ts";

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
  let rest = Array.from(entries).filter((value) => !Number.isNaN(value));
  while (found.length < MOST) {
    const farthest = farthestOf(rest);
    const others = rest.filter((value) => value !== farthest);
    if (others.length < FEWEST) break;
    const { mean, deviation } = spreadOf(others);
    const distance = Math.abs(farthest / 2 - mean / 2) / (deviation / 2);
    if (!(deviation > 0 && distance > FAR)) break;
    found.push({ value: farthest, count: rest.length - others.length, distance });
    rest = others;
  }
  return found;
}

/** The least or the greatest value, whichever is farther from the median of some of them. */
function farthestOf(values: readonly number[]): number {
  const every = Math.ceil(values.length / SAMPLE);
  const sorted = Float64Array.from(values.filter((_, i) => i % every === 0)).sort();
  const middle = sorted[sorted.length >> 1]!;
  let [least, greatest] = [middle, middle];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return middle - least > greatest - middle ? least : greatest;
}

function spreadOf(values: readonly number[]): { mean: number; deviation: number } {
  const unit = unitOf(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  const mean = values.reduce((sum, value) => sum + value / unit, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value / unit - mean) ** 2, 0);
  return { mean: mean * unit, deviation: Math.sqrt(squares / values.length) * unit };
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
