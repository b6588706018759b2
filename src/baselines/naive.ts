import { ahead, differenceScale, lastObserved, normalPredictive, type Rule } from "./forecaster.ts";

/**
 * The random walk, x_{t+h} ~ N(x_t, h·σ²), σ² the mean square of the last 500 differences: what was seen last stays, and is
 * known less and less (Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 2021, table 5.2).
 *
 * @example
 * naive(Float64Array.of(3, 4, 3), 2).mean; // [3, 3]
 */
export const naive: Rule = (past, horizon) => {
  const last = lastObserved(past);
  const scale = differenceScale(past, 1);
  const age = past.length - 1 - last;
  return normalPredictive(
    ahead(horizon, () => past[last] ?? Number.NaN),
    ahead(horizon, (h) => scale * Math.sqrt(h + age)),
  );
};
