import type { ForecastMeasure } from "./forecast-measure.ts";

/** The share of values between the quantiles of 10 and 90 %, their ends included. */
export const intervalCoverage: ForecastMeasure = {
  label: "80 % holds",
  better: { near: 0.8 },
  part: ({ value, quantile }) => ({
    loss: quantile(0.1) <= value && value <= quantile(0.9) ? 1 : 0,
    weight: 1,
  }),
};
