import type { ForecastMeasure } from "./forecast-measure.ts";

/** The mean absolute error of the median as a share of what came, in percent; values of 0 are left out. */
export const mape: ForecastMeasure = {
  label: "MAPE",
  better: "less",
  part: ({ value, quantile }) =>
    value === 0 ? undefined : { loss: 100 * Math.abs(quantile(0.5) / value - 1), weight: 1 },
};
