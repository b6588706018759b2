/** What a picture of a forecast shows. */

import { secondsOf } from "../anomaly/entry-scores.ts";
import type { Column } from "../data/dataset.ts";
import type { Forecast } from "../inference/forecast.ts";
import type { Estimate } from "../tables/estimates.ts";
import type { ForecastContent, Series } from "./content.ts";
import { seriesOf } from "./series.ts";

/** How much of the past a picture of a forecast shows, in horizons. */
const PAST = 2;

/** What a forecast shows: the last of what was, the median of what comes and intervals around it, of columns with quantiles. */
export function forecastContent(
  { sequence, times, samples }: Forecast,
  estimates: readonly (readonly Estimate[])[],
  columns: readonly Column[],
): ForecastContent {
  const shown = Math.min(sequence.length, PAST * samples.length);
  const from = sequence.length - shown;
  const past = [...secondsOf(sequence).subarray(from)];
  const ahead = times ?? samples.map((_, h) => sequence.length + h);
  const unseen: null[] = past.slice(1).map(() => null);
  return {
    name: sequence.name,
    times: [...past, ...ahead],
    start: past.at(-1) ?? 0,
    columns: columns.flatMap(({ name }, d) => {
      const own = estimates.map((each) => each.find(({ column }) => column === name)!);
      const count = own[0]?.quantiles.length ?? 0;
      if (count === 0) return [];
      const seen = seriesOf(sequence, d, columns.length).slice(from);
      const last = seen.at(-1) ?? null;
      const line = (i: number): Series => [...unseen, last, ...own.map(({ quantiles }) => quantiles[i]!)];
      const pairs = Array.from({ length: count >> 1 }, (_, i) => ({
        low: line(i),
        high: line(count - 1 - i),
      }));
      return [
        { name, values: [...seen, ...own.map(({ quantiles }) => quantiles[count >> 1]!)], intervals: pairs },
      ];
    }),
  };
}
