/** Forecasts as comma-separated values. */

import { type Recalibration, rawLevel } from "../calibration/recalibrate.ts";
import type { Column, Sequence, TimeColumn } from "../data/dataset.ts";
import { csvText, fieldOf } from "../data/write.ts";
import { type Forecast, pathsOf } from "../inference/forecast.ts";
import { type Estimate, estimatesOf } from "./estimates.ts";
import { estimateFields, estimateHeader, type Place, placeFields, placeHeader } from "./tables.ts";

export interface ForecastTableOptions {
  readonly columns: readonly Column[];
  /** The quantiles, in (0, 1), ascending. */
  readonly levels: readonly number[];
  /** What puts the forecast of each sequence right, its quantiles and its mean; without it they are the model's own. */
  readonly recalibrations?: ReadonlyMap<Sequence, Recalibration> | undefined;
  readonly time?: TimeColumn | undefined;
}

/** What a forecast says of each step ahead: estimates of all columns. */
export function forecastEstimates(
  { sequence, samples, emissionMean }: Forecast,
  { columns, levels, recalibrations }: ForecastTableOptions,
): Estimate[][] {
  const width = columns.length;
  const recalibration = recalibrations?.get(sequence);
  return samples.map((drawn, h) =>
    estimatesOf(drawn, {
      columns,
      levels,
      emissionMean: emissionMean.subarray(h * width, (h + 1) * width),
      rawLevel: recalibration && ((column, level) => rawLevel(recalibration, column, h + 1, level)),
    }),
  );
}

/**
 * A row for each sequence, step and column: sequence, step (going on from the last one of the history), time where
 * there is one, column, level, mean and the quantiles (`q0.1` and so on), of the continuous quantity behind what is
 * recorded; mean and quantiles are of one distribution, the recalibrated one where there is one. A binary column has the probability of 1 in the place of the mean; a categorical one a row for each level
 * with its probability there. Neither has quantiles.
 */
export function forecastTable(forecasts: readonly Forecast[], options: ForecastTableOptions): string {
  const { levels, time } = options;
  const rows = forecasts.flatMap((forecast) =>
    forecastEstimates(forecast, options).flatMap((estimates, h) => {
      const place = placeFields(placeOf(forecast, h), time);
      return estimates.map((estimate) => [...place, ...estimateFields(estimate, levels)]);
    }),
  );
  return csvText([...placeHeader(time), ...estimateHeader(levels)], rows);
}

const placeOf = ({ sequence, times }: Forecast, h: number): Place => ({
  name: sequence.name,
  step: sequence.length + h,
  when: times?.[h],
});

/**
 * A row for each sequence, particle and step: what each particle generated, as it would have been recorded (real values
 * on their grid, levels by name). A path keeps together what belongs together over steps and columns; paths are the
 * model's own, without recalibration.
 */
export function pathTable(
  forecasts: readonly Forecast[],
  columns: readonly Column[],
  time?: TimeColumn,
): string {
  const rows = forecasts.flatMap((forecast) =>
    pathsOf(forecast, columns).flatMap(({ values }, path) =>
      forecast.samples.map((_, h) => {
        const [name, ...place] = placeFields(placeOf(forecast, h), time);
        const fields = columns.map((column, d) => fieldOf(column, values[h * columns.length + d]!));
        return [name!, path + 1, ...place, ...fields];
      }),
    ),
  );
  const [first, ...place] = placeHeader(time);
  return csvText([first!, "path", ...place, ...columns.map(({ name }) => name)], rows);
}
