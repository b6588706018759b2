import type { Column } from "../data/dataset.ts";
import { clamp, type Tensor } from "../graph/index.ts";

/**
 * Shares of exactly 0 and 1, at which densities on the open interval are 0 or infinite, are moved inside by 2⁻²⁰, half
 * of a step of 2⁻¹⁹; the same bounds hold draws. Finer differences from the ends are lost. Where zeros have a
 * meaning of their own, `zero-inflated-beta` keeps them apart.
 */
const inset = 2 ** -20;

export const insideUnit = (x: Tensor): Tensor => clamp(x, inset, 1 - inset);

/** The mean and the variance of a column of shares, kept away from what no distribution inside (0, 1) has. */
export function shareMoments({ mean, standardDeviation: deviation }: Column): {
  mean: number;
  variance: number;
} {
  const centre = Math.min(0.99, Math.max(0.01, mean));
  const most = centre * (1 - centre);
  return { mean: centre, variance: Math.min(0.9 * most, Math.max(1e-4 * most, deviation ** 2)) };
}
