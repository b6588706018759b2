/** The simple rules that every model is held against. */
import { autoregression } from "./autoregression.ts";
import { drift } from "./drift.ts";
import { ets } from "./ets.ts";
import { columnwise, type Forecaster } from "./forecaster.ts";
import { naive } from "./naive.ts";
import { seasonalNaive } from "./seasonal-naive.ts";

/**
 * The rules that forecast each column by its own past.
 *
 * @param seasons in steps, ascending; the first is that of exponential smoothing
 */
export const columnRules = (seasons: readonly number[]): Forecaster[] => {
  const [first = 1] = seasons;
  return [
    columnwise("naive", naive),
    ...seasons.map((season) => columnwise(`seasonal naive (${season})`, seasonalNaive(season))),
    columnwise("drift", drift),
    columnwise(first > 1 ? `ETS (${first})` : "ETS", ets(first)),
    columnwise("AR", autoregression),
  ];
};
