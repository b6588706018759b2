/** Filled gaps as comma-separated values. */
import type { Column, Sequence, TimeColumn } from "../data/dataset.ts";
import { nearestPoint } from "../data/grid.ts";
import { writtenTime } from "../data/tables/written-time.ts";
import { csvText, type Field, fieldOf, observedField } from "../data/write.ts";
import type { Imputed } from "../inference/impute.ts";
import { entryEstimates } from "./estimates.ts";
import { estimateFields, estimateHeader, placeFields, placeHeader } from "./tables.ts";

export interface ImputeTableOptions {
  readonly columns: readonly Column[];
  readonly time?: TimeColumn | undefined;
}

/**
 * The sequences with their gaps filled, a row for each step: sequence, time where there is one, and the columns. What was observed
 * stands as it was.
 *
 * @param sequence what the field that names the sequence is called, so that the table reads back.
 */
export function imputedTable(
  imputed: readonly Imputed[],
  { columns, time }: ImputeTableOptions,
  sequence = "sequence",
): string {
  const fieldAt = ({ sequence, imputed }: Imputed, column: Column, place: number) =>
    Number.isNaN(sequence.values[place])
      ? fieldOf(column, imputed.values[place]!)
      : observedField(column, sequence.values[place]!);
  const rows = imputed.flatMap((one) => {
    const { name, length, times } = one.imputed;
    return Array.from({ length }, (_, t): Field[] => [
      name,
      ...(time ? [writtenTime(times?.[t] ?? Number.NaN, time)] : []),
      ...columns.map((column, d) => fieldAt(one, column, t * columns.length + d)),
    ]);
  });
  return csvText([sequence, ...(time ? [time.name] : []), ...columns.map(({ name }) => name)], rows);
}

/** A row for each filled entry (of a categorical column for each level): where it stands, its mean and its quantiles. */
export function gapTable(
  imputed: readonly Imputed[],
  { columns, time, levels }: ImputeTableOptions & { readonly levels: readonly number[] },
): string {
  const rows = imputed.flatMap(({ sequence, gaps }) =>
    gaps.flatMap((gap) => {
      const drawn = new Float64Array(gap.draws.length * columns.length);
      gap.draws.forEach((value, s) => {
        drawn[s * columns.length + gap.column] = value;
      });
      const place = placeOf(sequence, gap.step, time);
      return entryEstimates(drawn, gap.column, { columns, levels }).map((estimate) => [
        ...place,
        ...estimateFields(estimate, levels),
      ]);
    }),
  );
  return csvText([...placeHeader(time), ...estimateHeader(levels)], rows);
}

/** A row for each filled entry and draw, as it would have been recorded. */
export function drawTable(imputed: readonly Imputed[], { columns, time }: ImputeTableOptions): string {
  const rows = imputed.flatMap(({ sequence, gaps }) =>
    gaps.flatMap(({ step, column: d, draws }) => {
      const place = placeOf(sequence, step, time);
      const column = columns[d]!;
      const point = nearestPoint(column);
      return Array.from(draws, (value, s) => [...place, column.name, s + 1, fieldOf(column, point(value))]);
    }),
  );
  return csvText([...placeHeader(time), "column", "draw", "value"], rows);
}

const placeOf = ({ name, times }: Sequence, step: number, time: TimeColumn | undefined): Field[] =>
  placeFields({ name, step, when: times?.[step] }, time);
