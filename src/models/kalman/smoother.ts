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
  const memory = () => new Float64Array(n * n);
  const [factor, gain, change, half, spread] = [memory(), memory(), memory(), memory(), memory()];
  for (let t = steps - 2; t >= 0; t--) {
    const own = filtered.covariances.subarray(t * n * n, (t + 1) * n * n);
    const [next, after] = [(t + 1) * n, (t + 1) * n * n];
    const expected = predicted.covariances.subarray(after, after + n * n);
    const later = covariances.subarray(after, after + n * n);
    product(own, turned, n, n, n, gain); // P Aᵀ, and then J = P Aᵀ (P⁻)⁻¹
    choleskyOf(expected, n, factor);
    for (let row = 0; row < n; row++) solveInPlace(factor, gain, n, row * n);
    for (let i = 0; i < n * n; i++) change[i] = later[i]! - expected[i]!;
    congruent(gain, change, n, half, spread);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        means[t * n + i]! += gain[i * n + j]! * (means[next + j]! - predicted.means[next + j]!);
        covariances[t * n * n + i * n + j]! += spread[i * n + j]!;
      }
    product(later, transposed(gain, n, half), n, n, n, spread);
    crossed.set(spread, t * n * n);
  }
  return { means, covariances, crossed };
}
