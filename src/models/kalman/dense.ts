/** Small dense matrices in float64, flat, row by row: no library for them, which a page would load. */
import { VrnnError } from "../../errors.ts";

/** A product of matrices `[rows, inner]` and `[inner, columns]`. */
export function product(
  first: Float64Array,
  second: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++) {
      const value = first[i * inner + k]!;
      if (value === 0) continue;
      for (let j = 0; j < columns; j++) out[i * columns + j]! += value * second[k * columns + j]!;
    }
  return out;
}

/** M N Mᵀ of `[n, n]` matrices, of which N is symmetric. */
export function congruent(matrix: Float64Array, inner: Float64Array, n: number): Float64Array {
  const half = product(matrix, inner, n, n, n);
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let all = 0;
      for (let k = 0; k < n; k++) all += half[i * n + k]! * matrix[j * n + k]!;
      out[i * n + j] = all;
      out[j * n + i] = all;
    }
  return out;
}

/** A square `[n, n]` with rows and columns exchanged. */
export function transposed(matrix: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[j * n + i] = matrix[i * n + j]!;
  return out;
}

/** The lower factor of a covariance, L Lᵀ. @throws VrnnError `kalman/singular` */
export function choleskyOf(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= factor[i * n + k]! * factor[j * n + k]!;
      if (i === j && !(rest > 0)) throw singular();
      factor[i * n + j] = i === j ? Math.sqrt(rest) : rest / factor[j * n + j]!;
    }
  return factor;
}

/** Solves L Lᵀ y = b; y takes the place of b. */
export function solveInPlace(factor: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i]! -= factor[i * n + k]! * b[k]!;
    b[i]! /= factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i]! -= factor[k * n + i]! * b[k]!;
    b[i]! /= factor[i * n + i]!;
  }
}

const singular = (): VrnnError =>
  new VrnnError("kalman/singular", "a covariance of the hidden state is singular", {
    remedy: "try fewer --states, or leave out columns that are constant or copies of others",
  });
