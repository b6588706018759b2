/** What was expected before each step was seen and is made of it after, as a table. */
import type { Column, TimeColumn } from "../data/dataset.ts";
import { csvText, type Field, inDigits, observedField } from "../data/write.ts";
import type { Filtered } from "../inference/filter.ts";
import { entryEstimates } from "./estimates.ts";
import { estimateFields, estimateHeader, placeFields, placeHeader } from "./tables.ts";

/** How it is told. */
export interface FilterTableOptions {
  readonly columns: readonly Column[];
  /** The quantiles of the forecast, in (0, 1), ascending. */
  readonly levels: readonly number[];
  readonly time?: TimeColumn | undefined;
}

/**
 * A row for each sequence, step and column (of a categorical column for each level): where it stands, the mean and the
 * quantiles of the forecast made one step before, the observed value (empty where it is missing), and the filtered
 * estimate, which knows the step itself but nothing after it.
 */
export function filterTable(
  filtered: readonly Filtered[],
  { columns, levels, time }: FilterTableOptions,
): string {
  const width = columns.length;
  const rows = filtered.flatMap(({ sequence, forecast, forecastMean, emissionMean }) =>
    forecast.flatMap((drawn, t) => {
      const place = placeFields({ name: sequence.name, step: t, when: sequence.times?.[t] }, time);
      const before = { columns, levels, emissionMean: forecastMean.subarray(t * width, (t + 1) * width) };
      return columns.flatMap((column, d): Field[][] => {
        const seen = sequence.values[t * width + d]!;
        const observed = Number.isNaN(seen) ? seen : observedField(column, seen);
        const after = entryEstimates(emissionMean[t]!, d, { columns, levels: [] });
        return entryEstimates(drawn, d, before).map((estimate, i) => [
          ...place,
          ...estimateFields(estimate, levels),
          observed,
          inDigits(after[i]!.mean, after[i]!.deviation),
        ]);
      });
    }),
  );
  return csvText([...placeHeader(time), ...estimateHeader(levels), "observed", "filtered"], rows);
}
