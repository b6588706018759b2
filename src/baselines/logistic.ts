/** Logistic regression: p(k | x) ∝ exp(wₖᵀ x + bₖ), held back by a ridge. */
import { minimised } from "./lbfgs.ts";

/** Weights of each level, and last its bias: `[L]` rows `[F + 1]`. */
export interface Logistic {
  readonly weights: readonly (readonly number[])[];
}

/** Examples of which the level is known. */
export interface LogisticProblem {
  /** `[N]` rows `[F]`, on one scale. */
  readonly rows: readonly Float64Array[];
  /** `[N]`: 0 to L − 1. */
  readonly levels: ArrayLike<number>;
  /** L */
  readonly count: number;
}

/**
 * The weights that make mean −log p(level | row) + ½ penalty ‖w‖² least; biases are free. The function is convex, so the
 * weights are the only ones.
 *
 * @param start weights to begin with, such as those of another penalty
 */
export function fitLogistic(problem: LogisticProblem, penalty: number, start?: Logistic): Logistic {
  const { rows, count } = problem;
  const width = (rows[0]?.length ?? 0) + 1;
  const begin = new Float64Array(count * width);
  start?.weights.forEach((own, level) => void begin.set(own, level * width));
  const found = minimised((weights) => lossAt(problem, weights, penalty), begin, { tolerance: 1e-5 });
  return {
    weights: Array.from({ length: count }, (_, l) => [...found.subarray(l * width, (l + 1) * width)]),
  };
}

/**
 * log p of each level, `[L]`.
 *
 * @example
 * logProbabilities({ weights: [[1, 0], [-1, 0]] }, Float64Array.of(2)); // [-0.018, -4.018]
 */
export function logProbabilities({ weights }: Logistic, row: ArrayLike<number>): Float64Array {
  const scores = Float64Array.from(weights, (own) => scoreOf(own, 0, row));
  const norm = logSumExp(scores);
  return scores.map((score) => score - norm);
}

function lossAt({ rows, levels, count }: LogisticProblem, weights: Float64Array, penalty: number) {
  const width = weights.length / count;
  const slope = new Float64Array(weights.length);
  const scores = new Float64Array(count);
  let value = 0;
  for (const [n, row] of rows.entries()) {
    for (let l = 0; l < count; l++) scores[l] = scoreOf(weights, l * width, row);
    const norm = logSumExp(scores);
    value += norm - scores[levels[n]!]!;
    for (let l = 0; l < count; l++) {
      const error = Math.exp(scores[l]! - norm) - Number(levels[n] === l);
      for (let f = 0; f < row.length; f++) slope[l * width + f]! += error * row[f]!;
      slope[(l + 1) * width - 1]! += error;
    }
  }
  const share = 1 / Math.max(1, rows.length);
  let ridge = 0;
  for (let i = 0; i < slope.length; i++) {
    const held = (i + 1) % width === 0 ? 0 : penalty * weights[i]!; // the bias is free
    slope[i] = slope[i]! * share + held;
    ridge += 0.5 * held * weights[i]!;
  }
  return { value: value * share + ridge, slope };
}

/** wᵀ x + b, the weights standing from a place on. */
function scoreOf(weights: ArrayLike<number>, from: number, row: ArrayLike<number>): number {
  let score = weights[from + row.length]!;
  for (let f = 0; f < row.length; f++) score += weights[from + f]! * row[f]!;
  return score;
}

function logSumExp(scores: Float64Array): number {
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - most);
  return most + Math.log(sum);
}
