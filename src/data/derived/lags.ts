/** What columns were some steps before, as covariates of a data set that was read. */
import { type Column, type ConditionColumn, type Dataset, type Sequence, SPLIT_NAMES } from "../dataset.ts";
import type { DerivationOf } from "./derivation.ts";
import { derivedRows } from "./rows.ts";

/** A covariate that is a column some steps before. */
export type LagColumn = ConditionColumn & { readonly derived: DerivationOf<"lag"> };

export const isLag = (column: ConditionColumn): column is LagColumn => column.derived?.kind === "lag";

/**
 * A column as it was some steps before: it is scaled as the column is.
 *
 * @example
 * lagOf(load, 24).name; // "load 24 steps ago"
 */
export const lagOf = ({ spreads: _, ...column }: Column, steps: number): LagColumn => ({
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
    const before = valuesBefore(sequence, all);
    const values = joined(before, sequence.values);
    const start = before.length / columns.length;
    const rows = derivedRows(lags, columns, { values }, start); // [T, lags]
    return { ...sequence, conditions: read ? besideEach(read, rows, length) : rows };
  };
  const of = (split: readonly Sequence[]) => split.map(lagged);
  return {
    ...data,
    conditions: [...conditions, ...lags],
    splits: { train: of(splits.train), valid: of(splits.valid), test: of(splits.test) },
  };
}

/** The values of what a sequence goes on from, from its beginning on. */
function valuesBefore({ name, offset = 0 }: Sequence, all: readonly Sequence[]): Float64Array {
  if (offset === 0) return new Float64Array();
  const before = all.find((each) => each.name === name && (each.offset ?? 0) + each.length === offset);
  return before === undefined ? new Float64Array() : joined(valuesBefore(before, all), before.values);
}

function joined(before: Float64Array, after: Float64Array): Float64Array {
  if (before.length === 0) return after;
  const all = new Float64Array(before.length + after.length);
  all.set(before);
  all.set(after, before.length);
  return all;
}

/** `[T, C]` and `[T, L]` beside each other. */
function besideEach(left: Float64Array, right: Float64Array, steps: number): Float64Array {
  const [c, l] = [left.length / steps, right.length / steps];
  const all = new Float64Array(left.length + right.length);
  for (let t = 0; t < steps; t++) {
    all.set(left.subarray(t * c, (t + 1) * c), t * (c + l));
    all.set(right.subarray(t * l, (t + 1) * l), t * (c + l) + c);
  }
  return all;
}
