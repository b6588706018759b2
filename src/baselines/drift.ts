import { ahead, lastObserved, normalPredictive, type Rule } from "./forecaster.ts";

/**
 * The random walk with drift: the straight line from the first entry to the last goes on,
 * x_{t+h} ~ N(x_t + h·b, h·(1 + h/(n − 1))·σ²), b the mean difference and σ² the variance around it
 * (Hyndman and Athanasopoulos 2021, section 5.2 and table 5.2).
 *
 * @example
 * drift(Float64Array.of(1, 3, 5), 2).mean; // [7, 9]
 */
export const drift: Rule = (past, horizon) => {
  const last = lastObserved(past);
  const first = past.findIndex((value) => !Number.isNaN(value));
  const steps = Math.max(1, last - first);
  const slope = last > first ? (past[last]! - past[first]!) / steps : 0;
  const scale = residualScale(past, slope);
  const age = past.length - 1 - last;
  return normalPredictive(
    ahead(horizon, (h) => (past[last] ?? Number.NaN) + (h + age) * slope),
    ahead(horizon, (h) => scale * Math.sqrt((h + age) * (1 + (h + age) / steps))),
  );
};

/** The deviation of differences around the mean one, which took a degree of freedom. */
function residualScale(past: Float64Array, slope: number): number {
  const squares = [...past.subarray(1)].flatMap((value, i) => {
    const square = (value - past[i]! - slope) ** 2;
    return Number.isNaN(square) ? [] : [square];
  });
  return squares.length < 2
    ? 0
    : Math.sqrt(squares.reduce((sum, square) => sum + square) / (squares.length - 1));
}
