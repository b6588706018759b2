/** How far columns spread around what they may be predicted from: their last value, the value a season ago, both. */
import { everyNth } from "../collections.ts";
import type { Column, Dataset, Sequence } from "./dataset.ts";
import { columnScaling } from "./scaling.ts";

/** How far a step of a column is from what it was before; NaN where that is not known. */
type Difference = (values: Float64Array, t: number) => number;

/** A place that a column is looked at from, by the name under which it keeps how far it spreads around that. */
export interface Looking {
  readonly name: string;
  /** How many steps a season has, of what looks back by one. */
  readonly season?: number | undefined;
  /** Whether it looks at how far the last value was from its own as well. */
  readonly isRelative?: boolean;
}

/** x_t − x_{t−lag}. */
const differenceOf =
  ({ season: lag = 1 }: Looking): Difference =>
  (values, t) =>
    t < lag ? Number.NaN : values[t]! - values[t - lag]!;

/** The differences d_t of the steps of a series with those before them, of which both are known. */
function* successive(
  values: Float64Array,
  difference: Difference,
): Generator<readonly [before: number, now: number]> {
  for (let t = 1; t < values.length; t++) {
    const [before, now] = [difference(values, t - 1), difference(values, t)];
    if (!Number.isNaN(before + now)) yield [before, now];
  }
}

/**
 * How much of a difference is still there a step later, within 0 and 1: of each series by least squares,
 * Σ d_t d_{t−1} / Σ d_{t−1}², and the mean of these by steps, so that no series counts more for its size.
 */
function dampingOf(series: readonly Float64Array[], looking: Looking): number {
  let [shares, pairs] = [0, 0];
  for (const values of series) {
    let [product, square, count] = [0, 0, 0];
    for (const [before, now] of successive(values, differenceOf(looking))) {
      product += before * now;
      square += before * before;
      count += 1;
    }
    const share = product / square;
    if (!Number.isFinite(share)) continue; // nothing moved, or by more than numbers hold
    shares += share * count;
    pairs += count;
  }
  return pairs > 0 ? Math.min(Math.max(shares / pairs, 0), 1) : 1;
}

/** √mean d² of the differences that are to be told; undefined where there is none. */
function spreadOf(series: readonly Float64Array[], looking: Looking, damping: number): number | undefined {
  const difference = differenceOf(looking);
  let [squares, count] = [0, 0];
  const add = (step: number) => {
    if (Number.isNaN(step)) return;
    squares += step * step;
    count += 1;
  };
  for (const values of series) {
    if (looking.isRelative)
      for (const [before, now] of successive(values, difference)) add(now - damping * before);
    else for (let t = 0; t < values.length; t++) add(difference(values, t));
  }
  return count === 0 ? undefined : Math.sqrt(squares / count);
}

/** A column of a sequence; where that has units of its own, from where they hold on and as large as the column is in them. */
function seriesOf(
  { values, units }: Sequence,
  column: Column,
  { d, width }: { readonly d: number; readonly width: number },
): Float64Array {
  const series = everyNth(values, d, width);
  if (units === undefined || units.scale.length !== width) return series;
  const factor = columnScaling(column).scale / units.scale[d]!;
  return series.subarray(units.from ?? 0).map((value) => value * factor);
}

/**
 * A data set whose columns know how far their training values spread around some places, in their own units.
 *
 * @param lookings of each column, by its place
 * @example
 * withSpreads(data, () => [{ name: "last" }]).columns[0].spreads; // { last: 0.004 }
 */
export function withSpreads(data: Dataset, lookings: (column: Column) => readonly Looking[]): Dataset {
  const { columns, splits } = data;
  const width = columns.length;
  const told = columns.map((column, d): Column => {
    const asked = lookings(column);
    if (asked.length === 0) return column;
    const series = splits.train.map((sequence) => seriesOf(sequence, column, { d, width }));
    const damped = asked.filter(({ isRelative }) => isRelative);
    const damping = Object.fromEntries(damped.map((each) => [each.name, dampingOf(series, each)]));
    const spreads = asked.flatMap((each) => {
      const spread = spreadOf(series, each, damping[each.name] ?? 0);
      return spread === undefined ? [] : [[each.name, spread] as const];
    });
    return {
      ...column,
      spreads: { ...column.spreads, ...Object.fromEntries(spreads) },
      ...(damped.length > 0 && { damping: { ...column.damping, ...damping } }),
    };
  });
  return { ...data, columns: told };
}
