/** Changes of level by cumulative sums: Page 1954, two-sided, begun anew after each alarm. */

/** When an alarm is raised. */
export interface CusumOptions {
  /** k, in deviations: what a value may lie off its level without counting. */
  readonly drift: number;
  /** h, in deviations: the sum at which an alarm is raised. */
  readonly threshold: number;
  /** How many first steps tell a level; 10 unless told. */
  readonly settling?: number;
}

/**
 * The steps at which the level of a series changes: those at which the sum that raised an alarm last was 0.
 *
 * @param values `[T]`
 * @example
 * cusumChanges(Float64Array.of(...zeros, ...fives), { drift: 0.5, threshold: 5 }); // [zeros.length]
 */
export function cusumChanges(
  values: Float64Array,
  { drift, threshold, settling = 10 }: CusumOptions,
): number[] {
  const changes: number[] = [];
  let start = 0;
  while (start < values.length) {
    const change = nextChange(values, start, { drift, threshold, settling });
    if (change === undefined) break;
    changes.push(change);
    start = change;
  }
  return changes;
}

function nextChange(
  values: Float64Array,
  start: number,
  { drift, threshold, settling }: Required<CusumOptions>,
): number | undefined {
  const first = values.subarray(start, start + settling);
  const level = first.reduce((sum, value) => sum + value, 0) / first.length;
  let [up, down, upFrom, downFrom] = [0, 0, start, start];
  for (let t = start + settling; t < values.length; t++) {
    const off = values[t]! - level;
    up = Math.max(0, up + off - drift);
    down = Math.max(0, down - off - drift);
    if (up === 0) upFrom = t + 1;
    if (down === 0) downFrom = t + 1;
    if (up > threshold || down > threshold) return Math.max(up > threshold ? upFrom : downFrom, start + 1);
  }
  return undefined;
}
