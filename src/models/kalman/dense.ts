/**
 * Small dense matrices in float64, flat, row by row: no library for them, which a page would load. What is computed at each step is written into
 * given memory, as allocating would take longer than computing.
 */
import { VrnnError } from "../../errors.ts";

/** A product of matrices `[rows, inner]` and `[inner, columns]`. @param out where it goes */
export function product(
  first: Float64Array,
  second: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  out: Float64Array = new Float64Array(rows * columns),
): Float64Array {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      let all = 0;
      for (let k = 0; k < inner; k++) all += first[i * inner + k]! * second[k * columns + j]!;
      out[i * columns + j] = all;
    }
  return out;
}

/** M N Mᵀ of `[n, n]` matrices, of which N is symmetric. @param half memory for M N @param out where it goes */
export function congruent(
  matrix: Float64Array,
  inner: Float64Array,
  n: number,
  half: Float64Array = new Float64Array(n * n),
  out: Float64Array = new Float64Array(n * n),
): Float64Array {
  product(matrix, inner, n, n, n, half);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let all = 0;
      for (let k = 0; k < n; k++) all += half[i * n + k]! * matrix[j * n + k]!;
      out[i * n + j] = all;
      out[j * n + i] = all;
    }
  return out;
}

/** A square `[n, n]` with rows and columns exchanged. @param out where it goes, elsewhere than it stands */
export function transposed(
  matrix: Float64Array,
  n: number,
  out: Float64Array = new Float64Array(n * n),
): Float64Array {
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[j * n + i] = matrix[i * n + j]!;
  return out;
}

/**
 * The lower factor of a covariance, L Lᵀ; the upper half of it stays as it was, 0 in new memory.
 *
 * @param factor where it goes
 * @throws VrnnError `kalman/singular`
 */
export function choleskyOf(matrix: Float64Array, n: number, factor = new Float64Array(n * n)): Float64Array {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= factor[i * n + k]! * factor[j * n + k]!;
      if (i === j && !(rest > 0)) throw singular();
      factor[i * n + j] = i === j ? Math.sqrt(rest) : rest / factor[j * n + j]!;
    }
  return factor;
}

/** Solves L Lᵀ y = b; y takes the place of b. @param from where b begins */
export function solveInPlace(factor: Float64Array, b: Float64Array, n: number, from = 0): void {
  for (let i = 0; i < n; i++) {
    let rest = b[from + i]!;
    for (let k = 0; k < i; k++) rest -= factor[i * n + k]! * b[from + k]!;
    b[from + i] = rest / factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let rest = b[from + i]!;
    for (let k = i + 1; k < n; k++) rest -= factor[k * n + i]! * b[from + k]!;
    b[from + i] = rest / factor[i * n + i]!;
  }
}

const singular = (): VrnnError =>
  new VrnnError("kalman/singular", "a covariance of the hidden state is singular", {
    remedy: "try fewer --states, or leave out columns that are constant or copies of others",
  });
