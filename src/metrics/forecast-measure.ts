/** What measures of forecasts have in common. */

/** A value that was forecast, and what came. */
export interface ForecastOutcome {
  /** What came. */
  readonly value: number;
  readonly mean: number;
  /** @param level in (0, 1) */
  quantile(level: number): number;
  /** The mean absolute error, within what was seen, of the value a season before; NaN where it is not known or 0. */
  readonly seasonalError: number;
  /** The unit in which errors count: 1, or the deviation of the column where several are pooled. */
  readonly unit: number;
}

/** A measure of forecasts: the sum of losses over the sum of weights. */
export interface ForecastMeasure {
  /** As tables head it. */
  readonly label: string;
  readonly better: "less" | { readonly near: number };
  /** What one outcome adds; nothing where it says nothing. */
  part(outcome: ForecastOutcome): LossPart | undefined;
}

/** A share of a measure. */
export interface LossPart {
  readonly loss: number;
  readonly weight: number;
}

/** The level of a measure over some parts of it; NaN without any. */
export function levelOf(parts: Iterable<LossPart>): number {
  let [losses, weights] = [0, 0];
  for (const { loss, weight } of parts) {
    losses += loss;
    weights += weight;
  }
  return losses / weights;
}
