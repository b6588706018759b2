/**
 * The pinball loss of a quantile, in the unit of the value: the score that the true quantile makes least in
 * expectation (Koenker and Bassett, "Regression Quantiles", 1978).
 *
 * @param level of the quantile, in (0, 1).
 * @example
 * pinballLoss(10, 8, 0.9); // 1.8: too low by 2 costs 0.9 each
 * pinballLoss(8, 10, 0.9); // 0.2: too high by 2 costs 0.1 each, up to rounding
 */
export const pinballLoss = (value: number, quantile: number, level: number): number =>
  value >= quantile ? level * (value - quantile) : (1 - level) * (quantile - value);
