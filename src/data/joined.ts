/** Parts of a sequence that splits cut apart, together again. */
import { concatenated } from "../collections.ts";
import type { Column, ConditionColumn, Sequence } from "./dataset.ts";
import { isDerived } from "./derived/derived-column.ts";
import { derivedRows, withDerivedRows } from "./derived/rows.ts";

/** A sequence with what was before it. */
export interface WithPast {
  readonly whole: Sequence;
  /** The step of the whole at which the sequence begins. */
  readonly from: number;
}

/**
 * A sequence with the parts of it that other splits hold and that come right before it. Scaled by its own first steps, it is by
 * those of the first part.
 *
 * @param parts of any sequences
 * @example
 * withPast(test, [...train, ...valid], schema).from; // 85: the test split began after 85 steps
 */
export function withPast(
  sequence: Sequence,
  parts: readonly Sequence[],
  {
    columns,
    conditions = [],
  }: { columns: readonly Column[]; conditions?: readonly ConditionColumn[] | undefined },
): WithPast {
  const chain = [sequence];
  for (let before = precedingOf(sequence, parts); before; before = precedingOf(before, parts))
    chain.unshift(before);
  if (chain.length === 1) return { whole: sequence, from: 0 };
  const [first] = chain as [Sequence];
  const length = chain.reduce((sum, part) => sum + part.length, 0);
  const joined = (of: (part: Sequence) => Float64Array | undefined) =>
    chain.every((part) => of(part) !== undefined) ? concatenated(chain.map((part) => of(part)!)) : undefined;
  const [values, times, known] = [
    joined((part) => part.values)!,
    joined((part) => part.times),
    joined((part) => part.conditions),
  ];
  const derived = conditions.filter(isDerived);
  const rows = derived.length > 0 ? derivedRows(derived, columns, { values, times }) : undefined;
  const all = rows === undefined ? known : withDerivedRows(conditions, known, rows);
  const whole = {
    name: sequence.name,
    length,
    values,
    ...(all && { conditions: all }),
    ...(times && { times }),
    ...(first.units && { units: first.units }),
    ...(first.offset !== undefined && { offset: first.offset }),
  };
  return { whole, from: length - sequence.length };
}

const precedingOf = ({ name, offset = 0 }: Sequence, parts: readonly Sequence[]): Sequence | undefined =>
  offset === 0
    ? undefined
    : parts.find(
        (part) => part.name === name && part.length > 0 && (part.offset ?? 0) + part.length === offset,
      );
