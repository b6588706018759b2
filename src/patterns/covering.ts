import { squaredDistance } from "../baselines/nearest-neighbour.ts";
import { kMeans } from "./k-means.ts";

/**
 * A few of many paths that cover where they end: the ones nearest to the centres of clusters of their ends (final position clustering,
 * Xu, Hayet and Karamouzas 2022, section 3.4).
 *
 * @param paths `[T, 2]` each @param count K, at most as many as there are
 * @returns their places among all, rising
 */
export function covering(paths: readonly Float64Array[], count: number, seed: number): number[] {
  const ends = paths.map((path) => path.subarray(path.length - 2));
  const { centres } = kMeans(ends, count, { seed, restarts: 1 });
  const left = new Set(ends.keys());
  for (const centre of centres) {
    const nearest = [...left].reduce((best, i) =>
      squaredDistance(ends[i]!, centre) < squaredDistance(ends[best]!, centre) ? i : best,
    );
    left.delete(nearest);
  }
  return [...ends.keys()].filter((i) => !left.has(i));
}
