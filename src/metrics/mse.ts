import type { ForecastMeasure } from "./forecast-measure.ts";

/** The mean squared error of the mean. */
export const mse: ForecastMeasure = {
  label: "MSE",
  better: "less",
  part: ({ value, mean, unit }) => ({ loss: ((mean - value) / unit) ** 2, weight: 1 }),
};
