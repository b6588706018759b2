import type { ForecastMeasure } from "./forecast-measure.ts";

/**
 * The mean absolute scaled error (Hyndman and Koehler, "Another look at measures of forecast accuracy", 2006): that of the
 * median in units of what the value a season before was off by within what was seen. 1 is as good as that rule was there.
 */
export const mase: ForecastMeasure = {
  label: "MASE",
  better: "less",
  part: ({ value, quantile, seasonalError }) =>
    seasonalError > 0 ? { loss: Math.abs(quantile(0.5) - value) / seasonalError, weight: 1 } : undefined,
};

/**
 * The mean absolute difference between entries a season apart; NaN where no two were observed.
 *
 * @param past `[n]`, NaN is a missing entry
 * @example
 * seasonalErrorOf(Float64Array.of(1, 5, 2, 7), 2); // 1.5
 */
export function seasonalErrorOf(past: Float64Array, season: number): number {
  let [sum, count] = [0, 0];
  for (let t = season; t < past.length; t++) {
    const error = Math.abs(past[t]! - past[t - season]!);
    if (Number.isNaN(error)) continue;
    sum += error;
    count += 1;
  }
  return sum / count;
}
