import type { ForecastMeasure } from "./forecast-measure.ts";

/** The mean absolute error of the median. */
export const mae: ForecastMeasure = {
  label: "MAE",
  better: "less",
  part: ({ value, quantile, unit }) => ({ loss: Math.abs(quantile(0.5) - value) / unit, weight: 1 }),
};
