/** Factors of small symmetric matrices in float64, `[n, n]` row by row. */

/** The lower triangular L with L·Lᵀ = the matrix, which is positive definite. */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= factor[i * n + k]! * factor[j * n + k]!;
      factor[i * n + j] = i === j ? Math.sqrt(rest) : rest / factor[j * n + j]!;
    }
  return factor;
}

/** A pivot under this share of its variance is rounding. */
const ROUNDING = 1e-10;

/**
 * The factor that fits a covariance best (no less likely than any) among those whose diagonal does not fall below floors: each
 * column told by those before it has the slopes of least squares, and its scale or the floor.
 *
 * @param floors `[n]`
 */
export function flooredCholesky(covariance: Float64Array, floors: ArrayLike<number>): Float64Array {
  const { length: n } = floors;
  const slopes = new Float64Array(n * n); // on what each earlier column brings of its own
  const pivots = new Float64Array(n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let rest = covariance[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= slopes[i * n + k]! * slopes[j * n + k]! * pivots[k]!;
      if (i === j) pivots[i] = rest > ROUNDING * covariance[i * n + i]! ? rest : 0;
      else slopes[i * n + j] = pivots[j]! > 0 ? rest / pivots[j]! : 0;
    }
  const scales = pivots.map((pivot, d) => Math.max(Math.sqrt(pivot), floors[d]!));
  return slopes.map((slope, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i === j ? scales[i]! : slope * scales[j]!;
  });
}

/** L·Lᵀ. */
export function squared(factor: Float64Array, n: number): Float64Array {
  return factor.map((_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let all = 0;
    for (let k = 0; k < n; k++) all += factor[i * n + k]! * factor[j * n + k]!;
    return all;
  });
}

/** Solves L·y = x in place. @param x `[n]` */
export function solveLower(factor: Float64Array, x: Float64Array): void {
  const { length: n } = x;
  for (let i = 0; i < n; i++) {
    let rest = x[i]!;
    for (let k = 0; k < i; k++) rest -= factor[i * n + k]! * x[k]!;
    x[i] = rest / factor[i * n + i]!;
  }
}
