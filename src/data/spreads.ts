/** How far columns spread around what they may be predicted from: their last value, the value a season ago, both. */
import { everyNth } from "../collections.ts";
import type { Column, Dataset, Sequence } from "./dataset.ts";
import { columnScaling } from "./scaling.ts";

/** A step of a column looked at from its past: the difference that is to be told; NaN where that is not known. */
type Difference = (values: Float64Array, t: number) => number;

/** A place that a column is looked at from, by the name under which it keeps how far it spreads around that. */
export interface Looking {
  readonly name: string;
  /** How many steps a season has, of what looks back by one. */
  readonly season?: number | undefined;
  /** Whether it looks at the change over the last step as well. */
  readonly isRelative?: boolean;
}

const differenceOf = ({ season, isRelative = false }: Looking): Difference => {
  const lag = season ?? 1;
  const back = (values: Float64Array, t: number) => (t < lag ? Number.NaN : values[t]! - values[t - lag]!);
  return isRelative ? (values, t) => (t < 1 ? Number.NaN : back(values, t) - back(values, t - 1)) : back;
};

/** √mean d² over all steps of all sequences at which both values are known; undefined where there is none. */
export function spreadOf(series: readonly Float64Array[], looking: Looking): number | undefined {
  const difference = differenceOf(looking);
  let [squares, count] = [0, 0];
  for (const values of series)
    for (let t = 0; t < values.length; t++) {
      const step = difference(values, t);
      if (Number.isNaN(step)) continue;
      squares += step * step;
      count += 1;
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
    const spreads = asked.flatMap((each) => {
      const spread = spreadOf(series, each);
      return spread === undefined ? [] : [[each.name, spread] as const];
    });
    return { ...column, spreads: { ...column.spreads, ...Object.fromEntries(spreads) } };
  });
  return { ...data, columns: told };
}
