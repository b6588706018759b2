/**
 * The Kalman filter, entry by entry of each row (Koopman and Durbin, "Fast Filtering and Smoothing for Multivariate State Space Models",
 * Journal of Time Series Analysis 21, 2000): no matrix is inverted, and any entries may be missing.
 */
import { halfLogTwoPi } from "../../distributions/gaussian.ts";
import { congruent } from "./dense.ts";
import { type Filtered, type LinearGaussian, type StateSequence, stepsOf } from "./linear-gaussian.ts";

/** What is known of a state; what is seen and the moves of the state change it in place. */
interface Belief {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  /** Memory for what is computed on the way, `[K]` and `[K, K]`. */
  readonly vector: Float64Array;
  readonly half: Float64Array;
  readonly square: Float64Array;
}

/**
 * What is known of each state before and after its row was seen, and how likely each entry was.
 *
 * @example
 * const { logProb } = kalmanFilter(model, { table, inputs });
 * logProb.reduce((all, nats) => all + nats, 0); // log p(x)
 */
export function kalmanFilter(model: LinearGaussian, sequence: StateSequence): Filtered {
  const { states: n, width } = model;
  const steps = stepsOf(sequence, model);
  const moments = () => ({
    means: new Float64Array(steps * n),
    covariances: new Float64Array(steps * n * n),
  });
  const [predicted, filtered] = [moments(), moments()];
  const logProb = new Float64Array(steps * width);
  const belief: Belief = {
    mean: model.initialMean.slice(),
    covariance: model.initialCovariance.slice(),
    vector: new Float64Array(n),
    half: new Float64Array(n * n),
    square: new Float64Array(n * n),
  };
  for (let t = 0; t < steps; t++) {
    predicted.means.set(belief.mean, t * n);
    predicted.covariances.set(belief.covariance, t * n * n);
    seeRow(belief, model, sequence, t, logProb);
    filtered.means.set(belief.mean, t * n);
    filtered.covariances.set(belief.covariance, t * n * n);
    move(belief, model, sequence, t);
  }
  return { predicted, filtered, logProb };
}

/** Takes in the observed entries of a row, one after the other, each as a measurement of its own. */
function seeRow(
  belief: Belief,
  model: LinearGaussian,
  { table, inputs }: StateSequence,
  t: number,
  logProb: Float64Array,
): void {
  const { width, inputs: known, direct, offset } = model;
  for (let d = 0; d < width; d++) {
    let residual = table[t * width + d]! - offset[d]!;
    if (Number.isNaN(residual)) continue;
    for (let u = 0; u < known; u++) residual -= direct[d * known + u]! * inputs[t * known + u]!;
    logProb[t * width + d] = seeEntry(belief, model, d, residual);
  }
}

/** The belief once a column was seen, and how likely that was. @param x what was observed, less what does not depend on the state */
function seeEntry(
  { mean, covariance, vector: gain }: Belief,
  model: LinearGaussian,
  d: number,
  x: number,
): number {
  const { states: n, observation, noise } = model;
  let residual = x;
  let own = 0; // cᵀ P c
  for (let i = 0; i < n; i++) {
    let all = 0;
    for (let j = 0; j < n; j++) all += covariance[i * n + j]! * observation[d * n + j]!;
    gain[i] = all; // P c
    residual -= observation[d * n + i]! * mean[i]!;
    own += observation[d * n + i]! * all;
  }
  const variance = Math.max(own, 0) + noise[d]!;
  for (let i = 0; i < n; i++) {
    const share = gain[i]! / variance;
    mean[i]! += share * residual;
    for (let j = 0; j <= i; j++) {
      const next = covariance[i * n + j]! - share * gain[j]!;
      covariance[i * n + j] = next;
      covariance[j * n + i] = next;
    }
  }
  return -0.5 * (residual ** 2 / variance + Math.log(variance)) - halfLogTwoPi;
}

/** Makes it the belief of the next state. */
function move(
  { mean, covariance, vector: next, half, square }: Belief,
  { states: n, inputs: known, transition, input, process }: LinearGaussian,
  { inputs }: StateSequence,
  t: number,
): void {
  for (let i = 0; i < n; i++) {
    let all = 0;
    for (let j = 0; j < n; j++) all += transition[i * n + j]! * mean[j]!;
    for (let u = 0; u < known; u++) all += input[i * known + u]! * inputs[t * known + u]!;
    next[i] = all;
  }
  mean.set(next);
  congruent(transition, covariance, n, half, square);
  for (let i = 0; i < n * n; i++) covariance[i] = square[i]! + process[i]!;
}
