/** What columns were some steps before, as covariates of a data set that was read. */
import { type Column, type Dataset, type Sequence, SPLIT_NAMES } from "../dataset.ts";
import { withPast } from "../joined.ts";
import type { LagColumn } from "./derived-column.ts";
import { besideEach, derivedRows } from "./rows.ts";

/**
 * A column as it was some steps before: it is scaled as the column is.
 *
 * @example
 * lagOf(load, 24).name; // "load 24 steps ago"
 */
export const lagOf = ({ spreads: _, damping: _damping, ...column }: Column, steps: number): LagColumn => ({
  ...column,
  name: `${column.name} ${steps} steps ago`,
  role: "covariate",
  derived: { kind: "lag", of: column.name, steps },
});

/**
 * A data set with lags beside its columns. A sequence that goes on where another one of its name stopped, in another
 * split, looks back into that.
 */
export function withLags(data: Dataset, lags: readonly LagColumn[]): Dataset {
  if (lags.length === 0) return data;
  const { columns, conditions = [], splits } = data;
  const all = SPLIT_NAMES.flatMap((split) => splits[split]);
  const lagged = (sequence: Sequence): Sequence => {
    const { length, conditions: read } = sequence;
    const { whole, from } = withPast(sequence, all, { columns });
    const rows = derivedRows(lags, columns, whole, from); // [T, lags]
    return { ...sequence, conditions: read ? besideEach(read, rows, length) : rows };
  };
  const of = (split: readonly Sequence[]) => split.map(lagged);
  return {
    ...data,
    conditions: [...conditions, ...lags],
    splits: { train: of(splits.train), valid: of(splits.valid), test: of(splits.test) },
  };
}
