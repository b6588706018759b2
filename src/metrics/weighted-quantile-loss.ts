import type { ForecastMeasure } from "./forecast-measure.ts";
import { pinballLoss } from "./pinball.ts";

/** The deciles between the ends. */
const LEVELS = Array.from({ length: 9 }, (_, i) => (i + 1) / 10);

/**
 * The mean weighted quantile loss of GluonTS: of each of the levels 0.1 to 0.9 twice the pinball loss of all values over the
 * sum of their sizes, and the mean of that over the levels.
 */
export const weightedQuantileLoss: ForecastMeasure = {
  label: "wQL",
  better: "less",
  part: ({ value, quantile }) => ({
    loss: LEVELS.reduce(
      (sum, level) => sum + (2 * pinballLoss(value, quantile(level), level)) / LEVELS.length,
      0,
    ),
    weight: Math.abs(value),
  }),
};
