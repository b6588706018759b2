import type { Clock, ForecastContent } from "./content.ts";
import { forecastFigure } from "./figures/forecast.ts";
import { standalone } from "./panel.ts";

/** The picture of a forecast as a file of its own. */
export function forecastPicture(content: ForecastContent, clock: Clock): string {
  const reading =
    "The last of what was, the median of what comes, and intervals that widen with how little is known.";
  return standalone(forecastFigure(content, { width: 940, clock }), `Forecast of ${content.name}`, reading);
}
