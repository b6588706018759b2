import { squaredDistance } from "../baselines/nearest-neighbour.ts";

/**
 * How much nearer rows lie to their own cluster than to the next one, from −1 to 1, the mean over rows: (b − a) / max(a, b), a
 * the mean distance from the others of the row's cluster and b the least mean distance from those of another
 * (Rousseeuw 1987). A row alone in its cluster counts 0.
 *
 * @param rows `[N]` rows `[F]` @param clusters `[N]` @param count how many clusters there are
 * @example
 * silhouette([[0], [1], [9], [10]].map(Float64Array.from), [0, 0, 1, 1], 2); // 0.888
 */
export function silhouette(
  rows: readonly Float64Array[],
  clusters: readonly number[],
  count: number,
): number {
  const sizes = Array.from({ length: count }, (_, k) => clusters.filter((own) => own === k).length);
  const widths = rows.map((row, n) => {
    const sums = new Array<number>(count).fill(0);
    for (const [m, other] of rows.entries()) sums[clusters[m]!]! += Math.sqrt(squaredDistance(row, other));
    const own = clusters[n]!;
    if (sizes[own]! < 2) return 0;
    const inside = sums[own]! / (sizes[own]! - 1);
    const outside = sums.flatMap((sum, k) => (k === own || sizes[k] === 0 ? [] : [sum / sizes[k]!]));
    const next = Math.min(...outside);
    const most = Math.max(inside, next);
    return most > 0 ? (next - inside) / most : 0;
  });
  return widths.reduce((sum, width) => sum + width, 0) / rows.length;
}
