/** The smoother of Rauch, Tung and Striebel ("Maximum Likelihood Estimates of Linear Dynamic Systems", AIAA Journal 3, 1965). */
import { VrnnError } from "../../errors.ts";
import {
  congruent,
  type Filtered,
  type LinearGaussian,
  type Moments,
  product,
  transposed,
} from "./linear-gaussian.ts";

/** What is known of states once all of a sequence was seen. */
export interface Smoothed extends Moments {
  /** `[T − 1, K, K]`: the covariance of z_{t+1} and z_t. */
  readonly crossed: Float64Array;
}

/**
 * p(z_t | x_1 … x_T) of each step, from the last to the first.
 *
 * @throws VrnnError `kalman/singular` where a covariance has no inverse
 */
export function smoothed(
  { predicted, filtered }: Pick<Filtered, "predicted" | "filtered">,
  { states: n, transition }: Pick<LinearGaussian, "states" | "transition">,
): Smoothed {
  const steps = filtered.means.length / n;
  const means = filtered.means.slice();
  const covariances = filtered.covariances.slice();
  const crossed = new Float64Array(Math.max(0, steps - 1) * n * n);
  const turned = transposed(transition, n);
  for (let t = steps - 2; t >= 0; t--) {
    const own = filtered.covariances.subarray(t * n * n, (t + 1) * n * n);
    const [next, after] = [(t + 1) * n, (t + 1) * n * n];
    const expected = predicted.covariances.subarray(after, after + n * n);
    const gain = gainOf(own, turned, expected, n);
    const later = covariances.subarray(after, after + n * n);
    const change = later.map((value, i) => value - expected[i]!);
    const spread = congruent(gain, change, n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        means[t * n + i]! += gain[i * n + j]! * (means[next + j]! - predicted.means[next + j]!);
        covariances[t * n * n + i * n + j]! += spread[i * n + j]!;
      }
    crossed.set(product(later, transposed(gain, n), n, n, n), t * n * n);
  }
  return { means, covariances, crossed };
}

/** J = P Aᵀ (P⁻)⁻¹, `[K, K]`. */
function gainOf(own: Float64Array, turned: Float64Array, expected: Float64Array, n: number): Float64Array {
  const factor = choleskyOf(expected, n);
  const gain = product(own, turned, n, n, n); // P Aᵀ
  for (let row = 0; row < n; row++) solveInPlace(factor, gain.subarray(row * n, (row + 1) * n), n);
  return gain;
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
function solveInPlace(factor: Float64Array, b: Float64Array, n: number): void {
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
