import { ahead, differenceScale, lastObserved, normalPredictive, type Rule } from "./forecaster.ts";
import { naive } from "./naive.ts";

/**
 * What was a season ago comes again, x_{t+h} ~ N(x_{t+h−m·k}, k·σ²), k the seasons since, σ² the mean square of the last 500
 * differences over a season (Hyndman and Athanasopoulos 2021, table 5.2). Where that moment was not seen the seasons before
 * tell; without any, or with no more than a season seen, it is the random walk.
 *
 * @param season m, in steps, from 1
 * @example
 * seasonalNaive(2)(Float64Array.of(1, 5, 2, 6), 3).mean; // [2, 6, 2]
 */
export const seasonalNaive =
  (season: number): Rule =>
  (past, horizon) => {
    if (past.length <= season) return naive(past, horizon);
    const scale = differenceScale(past, season);
    const sources = ahead(horizon, (h) => sourceOf(past, past.length - 1 + h, season));
    const fallback = past[lastObserved(past)] ?? Number.NaN;
    return normalPredictive(
      sources.map((source) => past[source] ?? fallback),
      ahead(horizon, (h) => {
        const source = Math.max(0, sources[h - 1]!);
        return scale * Math.sqrt((past.length - 1 + h - source) / season);
      }),
    );
  };

/** The latest step seen that is whole seasons before a target; −1 where there is none. */
function sourceOf(past: Float64Array, target: number, season: number): number {
  for (let t = target - season; t >= 0; t -= season) if (t < past.length && !Number.isNaN(past[t]!)) return t;
  return -1;
}
