/** The smoother of Rauch, Tung and Striebel ("Maximum Likelihood Estimates of Linear Dynamic Systems", AIAA Journal 3, 1965). */
import { choleskyOf, congruent, product, solveInPlace, transposed } from "./dense.ts";
import type { Filtered, LinearGaussian, Moments } from "./linear-gaussian.ts";

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
