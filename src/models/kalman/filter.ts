/**
 * The Kalman filter, entry by entry of each row (Koopman and Durbin, "Fast Filtering and Smoothing for Multivariate State Space Models",
 * Journal of Time Series Analysis 21, 2000): no matrix is inverted, and any entries may be missing.
 */
import { halfLogTwoPi } from "../../distributions/gaussian.ts";
import { congruent } from "./dense.ts";
import { type Filtered, type LinearGaussian, type StateSequence, stepsOf } from "./linear-gaussian.ts";

/** What is known of a state; rows that are seen change it in place. */
interface Belief {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
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
  let belief: Belief = { mean: model.initialMean.slice(), covariance: model.initialCovariance.slice() };
  for (let t = 0; t < steps; t++) {
    predicted.means.set(belief.mean, t * n);
    predicted.covariances.set(belief.covariance, t * n * n);
    seeRow(belief, model, sequence, t, logProb);
    filtered.means.set(belief.mean, t * n);
    filtered.covariances.set(belief.covariance, t * n * n);
    belief = moved(belief, model, sequence, t);
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
function seeEntry({ mean, covariance }: Belief, model: LinearGaussian, d: number, x: number): number {
  const { states: n, observation, noise } = model;
  const gain = new Float64Array(n); // P c
  let residual = x;
  let variance = noise[d]!;
  for (let i = 0; i < n; i++) {
    let all = 0;
    for (let j = 0; j < n; j++) all += covariance[i * n + j]! * observation[d * n + j]!;
    gain[i] = all;
    residual -= observation[d * n + i]! * mean[i]!;
    variance += observation[d * n + i]! * all;
  }
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

/** The belief of the next state. */
function moved(
  { mean, covariance }: Belief,
  { states: n, inputs: known, transition, input, process }: LinearGaussian,
  { inputs }: StateSequence,
  t: number,
): Belief {
  const next = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) next[i]! += transition[i * n + j]! * mean[j]!;
    for (let u = 0; u < known; u++) next[i]! += input[i * known + u]! * inputs[t * known + u]!;
  }
  const spread = congruent(transition, covariance, n);
  for (let i = 0; i < n * n; i++) spread[i]! += process[i]!;
  return { mean: next, covariance: spread };
}
