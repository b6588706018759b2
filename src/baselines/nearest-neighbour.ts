/** The level of the row that lies nearest, by Euclidean distance. */

/** Examples of which the level is known. */
export interface Examples {
  /** `[N]` rows `[F]`, on one scale. */
  readonly rows: readonly Float64Array[];
  /** `[N]` */
  readonly levels: ArrayLike<number>;
}

/**
 * @param leftOut an example that does not count, to tell it by the others
 * @returns undefined where there are no examples
 * @example
 * nearestLevel({ rows: [Float64Array.of(0), Float64Array.of(9)], levels: [0, 1] }, Float64Array.of(7)); // 1
 */
export function nearestLevel(
  { rows, levels }: Examples,
  row: Float64Array,
  leftOut?: number,
): number | undefined {
  let least = Number.POSITIVE_INFINITY;
  let level: number | undefined;
  for (const [n, example] of rows.entries()) {
    if (n === leftOut) continue;
    const distance = squaredDistance(row, example, least);
    if (distance < least) [least, level] = [distance, levels[n]];
  }
  return level;
}

/** ‖a − b‖². @param enough from here on the exact figure does not matter */
export function squaredDistance(a: Float64Array, b: Float64Array, enough = Number.POSITIVE_INFINITY): number {
  let sum = 0;
  for (let f = 0; f < a.length && sum < enough; f++) sum += (a[f]! - b[f]!) ** 2;
  return sum;
}
