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
 * The sequences with their gaps filled, a row for each step: the table that was read, its columns in their order, those
 * that are not modelled and what was observed as they were. Where it is not known what was read, sequence, time and the
 * columns.
 *
 * @param sequence what the field that names the sequence is called, so that the table reads back; without a name it is
 * left out of the table of a single sequence.
 */
export function imputedTable(
  imputed: readonly Imputed[],
  options: ImputeTableOptions,
  sequence?: string,
): string {
  const { columns, time } = options;
  const read = imputed[0]?.sequence.cells;
  const names =
    read === undefined
      ? [...(time ? [time.name] : []), ...columns.map(({ name }) => name)]
      : [...read.keys()];
  const isNamed = sequence !== undefined || read === undefined || imputed.length > 1;
  const rows = imputed.flatMap((one) => {
    const fields = names.map((name) => fieldsOf(name, one, options));
    return Array.from({ length: one.imputed.length }, (_, t): Field[] => [
      ...(isNamed ? [one.imputed.name] : []),
      ...fields.map((at) => at(t)),
    ]);
  });
  return csvText([...(isNamed ? [sequence ?? "sequence"] : []), ...names], rows);
}

/** What stands in a column at each step. */
function fieldsOf(
  name: string,
  { sequence, imputed }: Imputed,
  { columns, time }: ImputeTableOptions,
): (t: number) => Field {
  const d = columns.findIndex((column) => column.name === name);
  const column = columns[d];
  if (column !== undefined) {
    const at = (t: number) => t * columns.length + d;
    return (t) =>
      Number.isNaN(sequence.values[at(t)])
        ? fieldOf(column, imputed.values[at(t)]!)
        : observedField(column, sequence.values[at(t)]!);
  }
  const cells = sequence.cells?.get(name);
  if (cells !== undefined) return (t) => cells[t]!;
  return (t) => (time === undefined ? Number.NaN : writtenTime(imputed.times?.[t] ?? Number.NaN, time));
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
