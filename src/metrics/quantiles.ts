/** Quantiles of a forecast that is given as draws, and where a value lies among them. */
import { firstPlace } from "../collections.ts";

/**
 * The quantile of sorted draws: of n draws the i-th smallest has the level i/(n + 1), those between lie on straight
 * lines (Hyndman and Fan 1996, definition 6). Levels beyond the outermost draws get those draws.
 *
 * @param sorted ascending, at least one.
 * @example
 * sampleQuantile([1, 2, 4], 0.5); // 2
 * sampleQuantile([1, 2, 4], 0.625); // 3
 */
export function sampleQuantile(sorted: ArrayLike<number>, level: number): number {
  const place = Math.min(Math.max(level * (sorted.length + 1) - 1, 0), sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return place === below ? low : low + (place - below) * (sorted[below + 1]! - low);
}

/**
 * The probability integral transform of a value: its level among sorted draws. Between two draws, where it may lie
 * anywhere, it is drawn: with a value from the distribution of the draws it is uniform in (0, 1), exactly.
 *
 * @param tie uniform in [0, 1).
 * @example
 * transformOf([1, 2, 4], 3, 0.5); // 0.625
 */
export function transformOf(sorted: ArrayLike<number>, value: number, tie: number): number {
  const below = firstPlace(0, sorted.length, (place) => sorted[place]! >= value);
  return (below + tie) / (sorted.length + 1);
}
