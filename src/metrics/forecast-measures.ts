/** Every measure of forecasts, by its name, in the order of tables. */
import { crps } from "./crps.ts";
import type { ForecastMeasure } from "./forecast-measure.ts";
import { intervalCoverage } from "./interval-coverage.ts";
import { mae } from "./mae.ts";
import { mape } from "./mape.ts";
import { mase } from "./mase.ts";
import { mse } from "./mse.ts";
import { weightedQuantileLoss } from "./weighted-quantile-loss.ts";

export const forecastMeasures = {
  wql: weightedQuantileLoss,
  crps,
  mase,
  mae,
  mse,
  mape,
  coverage: intervalCoverage,
} as const satisfies Readonly<Record<string, ForecastMeasure>>;

/** The name of a measure of forecasts. */
export type MeasureName = keyof typeof forecastMeasures;

/** The names of all, in their order. */
export const measureNames = Object.keys(forecastMeasures) as readonly MeasureName[];
