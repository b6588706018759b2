import type { Linear } from "./linear.ts";

/** The exact distribution of each missing entry of a linear process given all that is observed, from the dense joint. */
export function denseSmoother(
  process: Linear,
  values: Float64Array,
): Map<number, { mean: number; variance: number }> {
  const all = [...values.keys()];
  const seen = all.filter((i) => !Number.isNaN(values[i]!));
  const missing = all.filter((i) => Number.isNaN(values[i]!));
  const covariance = (i: number, j: number) => covarianceOf(process, i, j);
  // [observed, observed | values, and a column for each missing entry], solved at once.
  const rows = seen.map((i) => [
    ...seen.map((j) => covariance(i, j)),
    values[i]!,
    ...missing.map((j) => covariance(i, j)),
  ]);
  const solved = eliminated(rows);
  return new Map(
    missing.map((entry, m) => {
      const cross = seen.map((i) => covariance(entry, i));
      const times = (column: number) =>
        cross.reduce((sum, value, i) => sum + value * solved[i]![seen.length + column]!, 0);
      return [entry, { mean: times(0), variance: covariance(entry, entry) - times(m + 1) }];
    }),
  );
}

/** Of two entries of `[T, D]`, row-major: the innovations up to the earlier step, each faded until theirs. */
function covarianceOf({ decay, loading, noise }: Linear, i: number, j: number): number {
  const width = decay.length;
  const [[s, a], [t, b]] = [i, j].map((place) => [Math.floor(place / width), place % width]) as [
    [number, number],
    [number, number],
  ];
  const shared = loading[a]! * loading[b]! + (a === b ? noise[a]! ** 2 : 0);
  let sum = 0;
  for (let k = 0; k <= Math.min(s, t); k++) sum += decay[a]! ** (s - k) * shared * decay[b]! ** (t - k);
  return sum;
}

/** Gauss and Jordan on a positive definite matrix with right-hand sides beside it. */
function eliminated(rows: number[][]): number[][] {
  rows.forEach((pivot, p) => {
    const lead = pivot[p]!;
    pivot.forEach((value, i) => {
      pivot[i] = value / lead;
    });
    for (const [r, row] of rows.entries()) {
      const factor = row[p]!;
      if (r === p || factor === 0) continue;
      row.forEach((value, i) => {
        row[i] = value - factor * pivot[i]!;
      });
    }
  });
  return rows;
}
