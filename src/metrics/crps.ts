import type { ForecastMeasure } from "./forecast-measure.ts";
import { pinballLoss } from "./pinball.ts";

/** The middles of a hundred equal parts of the levels. */
const LEVELS = Array.from({ length: 100 }, (_, i) => (i + 0.5) / 100);

/**
 * The continuous ranked probability score, ∫(F(x) − 1[value ≤ x])² dx, as twice the mean pinball loss over all levels (Laio and
 * Tamea 2007), taken at a hundred of them.
 */
export const crps: ForecastMeasure = {
  label: "CRPS",
  better: "less",
  part: ({ value, quantile, unit }) => ({
    loss: LEVELS.reduce((sum, level) => sum + pinballLoss(value, quantile(level), level), 0) / (50 * unit),
    weight: 1,
  }),
};
