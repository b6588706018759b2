import { CholeskyDecomposition, Matrix } from "ml-matrix";

const LOG_TWO_PI = Math.log(2 * Math.PI);
const MOST_REMEMBERED_PATTERNS = 64;

/**
 * Raises the diagonal of a covariance until no column's variance given the columns before it is below its floor
 * squared; the other entries stay.
 *
 * By the chain rule a vector's density is a product of one conditional per column, and the pivots of the Cholesky
 * factor are those conditionals' scales, so each factor of the product keeps its column's floor, as a lone normal
 * would with σ = max(σ, floor). It holds for any subset of the columns too: given fewer columns, a variance is larger.
 *
 * @param covariance `[K, K]`, positive semi-definite; the result is positive definite.
 * @param floors `[K]`, positive, and well above the rounding of the diagonal's square root.
 * @example
 * floorCovariance(new Matrix([[4, 4], [4, 4]]), Float64Array.of(0.5, 0.5)).to2DArray(); // [[4, 4], [4, 4.25]]
 */
export function floorCovariance(covariance: Matrix, floors: Float64Array): Matrix {
  const size = floors.length;
  const floored = covariance.clone();
  const factor = Matrix.zeros(size, size);
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < j; k++) {
      factor.set(j, k, (covariance.get(j, k) - rowProduct(factor, j, k, k)) / factor.get(k, k));
    }
    const explained = rowProduct(factor, j, j, j);
    floored.set(j, j, Math.max(covariance.get(j, j), explained + floors[j]! ** 2));
    factor.set(j, j, Math.sqrt(floored.get(j, j) - explained));
  }
  return floored;
}

/** The product of the first `count` entries of two rows. */
function rowProduct(matrix: Matrix, row: number, other: number, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += matrix.get(row, i) * matrix.get(other, i);
  return total;
}

/**
 * The log density of a zero-mean normal distribution, in nats, of vectors in which NaN marks a missing entry:
 * those are marginalised out, that is, the rows and columns of the others are kept. Nothing observed scores 0.
 *
 * @param covariance `[K, K]`, positive definite.
 * @returns the log density of a residual `[K]`.
 * @example
 * centredNormal(new Matrix([[4, 0], [0, 1]]))(Float64Array.of(2, NaN)); // −½ − log 2 − ½ log 2π = -2.1120857137646...
 */
export function centredNormal(covariance: Matrix): (residual: Float64Array) => number {
  const factors = new Map<string, Matrix>();
  const factorOf = (observed: number[]): Matrix => {
    const pattern = observed.join();
    const known = factors.get(pattern);
    if (known !== undefined) return known;
    if (factors.size >= MOST_REMEMBERED_PATTERNS) factors.clear();
    const factor = new CholeskyDecomposition(covariance.selection(observed, observed)).lowerTriangularMatrix;
    factors.set(pattern, factor);
    return factor;
  };
  return (residual) => {
    const observed = [...residual.keys()].filter((j) => !Number.isNaN(residual[j]!));
    if (observed.length === 0) return 0;
    const entries = observed.map((j) => residual[j]!);
    return logDensity(factorOf(observed), entries);
  };
}

/** −½(|L⁻¹r|² + log det Σ + n log 2π), by forward substitution. */
function logDensity(factor: Matrix, residual: number[]): number {
  const whitened: number[] = [];
  let total = 0;
  for (let i = 0; i < residual.length; i++) {
    const explained = whitened.reduce((sum, z, k) => sum + factor.get(i, k) * z, 0);
    const pivot = factor.get(i, i);
    const z = (residual[i]! - explained) / pivot;
    whitened.push(z);
    total -= 0.5 * (z * z + LOG_TWO_PI) + Math.log(pivot);
  }
  return total;
}
