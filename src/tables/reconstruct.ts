/** What a model makes of data that it has seen: the expected values given the posterior, and how far off they are. */

import { everyNth } from "../collections.ts";
import type { Column, TimeColumn } from "../data/dataset.ts";
import { unitOf } from "../data/scaling.ts";
import { csvText, fieldOf, inDigits, observedField } from "../data/write.ts";
import type { Filtered } from "../inference/filter.ts";
import { typicalValue } from "../inference/typical.ts";
import { placeFields, placeHeader } from "./tables.ts";

/** How far the expected values of a column are from the observed ones. */
export interface ReconstructionError {
  readonly column: string;
  /** The root of the mean squared error, in the unit of the column; of levels the share that is wrong. */
  readonly error: number;
  /** How many entries were observed. */
  readonly count: number;
}

/** An entry beside what was expected of it. */
interface Reconstructed {
  readonly column: Column;
  readonly step: number;
  readonly observed: number;
  readonly reconstruction: number;
}

const reconstructed = ({ sequence, emissionMean }: Filtered, columns: readonly Column[]): Reconstructed[] =>
  emissionMean.flatMap((drawn, step) =>
    columns.map((column, d) => ({
      column,
      step,
      observed: sequence.values[step * columns.length + d]!,
      reconstruction: typicalValue(column, everyNth(drawn, d, columns.length)),
    })),
  );

/** Observed minus expected; of levels 0 where they are the same and 1 where not. */
const errorOf = ({ column, observed, reconstruction }: Reconstructed): number => {
  if (column.kind !== "categorical" || Number.isNaN(observed)) return observed - reconstruction;
  return observed === reconstruction ? 0 : 1;
};

/** The error of each column over all sequences. */
export function reconstructionErrors(
  filtered: readonly Filtered[],
  columns: readonly Column[],
): ReconstructionError[] {
  const all = filtered.flatMap((one) => reconstructed(one, columns));
  return columns.map((column) => {
    const errors = all
      .filter((entry) => entry.column === column)
      .map(errorOf)
      .filter((error) => !Number.isNaN(error));
    const unit = unitOf(column.kind === "categorical" ? 1 : column.standardDeviation);
    const mean = errors.reduce((sum, error) => sum + (error / unit) ** 2, 0) / Math.max(1, errors.length);
    const error = column.kind === "categorical" ? mean : Math.sqrt(mean) * unit;
    return { column: column.name, error, count: errors.length };
  });
}

/**
 * A row for each sequence, step and column: the observed value, what was expected of it given the posterior, and the
 * difference. Of a categorical column the likeliest level, and 0 or 1.
 */
export function reconstructionTable(
  filtered: readonly Filtered[],
  columns: readonly Column[],
  time?: TimeColumn,
): string {
  const rows = filtered.flatMap((one) =>
    reconstructed(one, columns).map((entry) => {
      const { column, step, observed, reconstruction } = entry;
      const { name, times } = one.sequence;
      return [
        ...placeFields({ name, step, when: times?.[step] }, time),
        column.name,
        Number.isNaN(observed) ? observed : observedField(column, observed),
        column.kind === "categorical"
          ? fieldOf(column, reconstruction)
          : inDigits(reconstruction, column.standardDeviation),
        inDigits(errorOf(entry)),
      ];
    }),
  );
  return csvText([...placeHeader(time), "column", "observed", "expected", "error"], rows);
}
