/** What is known of the hidden state as tensors, and how it is learned from entries one by one; no matrix is inverted on the way forward. */
import {
  add,
  addAll,
  concat,
  constant,
  div,
  filledLike,
  matmul,
  maximum,
  mul,
  slice,
  sqrt,
  squeeze,
  sub,
  type Tensor,
  transpose,
  unsqueeze,
  where,
} from "../../graph/index.ts";
import type { State } from "../../nn/cells.ts";
import { part } from "../../nn/parts.ts";
import type { ExactDraws } from "../model.ts";
import { LEAST_PROCESS } from "./em.ts";

/** What is known of z, `[..., K]` and `[..., K, K]`. */
export interface Gaussian {
  readonly mean: Tensor;
  readonly covariance: Tensor;
}

/** What is expected of an entry, `[..., 1]`, and its covariance with the state, `[..., K]`. */
export interface Entry {
  readonly expected: Tensor;
  readonly variance: Tensor;
  readonly crossed: Tensor;
}

/** The belief that a state of the model is. */
export const gaussianOf = (state: State): Gaussian => ({
  mean: part(state, "mean"),
  covariance: part(state, "covariance"),
});

/** An entry of each row, `[..., 1]`. */
export const column = (x: Tensor, d: number): Tensor => slice(x, x.rank - 1, d, d + 1);

/** The belief once something was seen that is so far from what was expected. @param residual `[..., 1]` */
export function learnedFrom(
  { mean, covariance }: Gaussian,
  { crossed, variance }: Entry,
  residual: Tensor,
): Gaussian {
  const gain = div(crossed, variance); // [..., K]
  return {
    mean: add(mean, mul(gain, residual)),
    covariance: sub(covariance, mul(unsqueeze(gain, -1), unsqueeze(crossed, -2))),
  };
}

/** One of two beliefs, row by row. @param isFirst bool `[..., 1]` */
export const chosen = (isFirst: Tensor, first: Gaussian, second: Gaussian): Gaussian => ({
  mean: where(isFirst, first.mean, second.mean),
  covariance: where(unsqueeze(isFirst, -1), first.covariance, second.covariance),
});

/** A state drawn entry by entry, each seen before the next is drawn; sure of it. */
export function drawnState(belief: Gaussian, states: number, { normal, temperature }: ExactDraws): State {
  let known = belief;
  for (let k = 0; k < states; k++) {
    const crossed = squeeze(slice(known.covariance, known.covariance.rank - 1, k, k + 1), -1); // [..., K]
    const variance = maximum(column(crossed, k), LEAST_PROCESS); // [..., 1]
    const deviation = mul(mul(sqrt(variance), column(normal, k)), temperature);
    known = learnedFrom(known, { crossed, variance, expected: column(known.mean, k) }, deviation);
  }
  return { mean: known.mean, covariance: filledLike(known.covariance, 0) };
}

/** M⁻¹ R of a positive definite M `[..., K, K]`, by Gauss and Jordan without pivots. */
export function solved(matrix: Tensor, right: Tensor, states: number): Tensor {
  let both = concat([matrix, right]); // [..., K, 2K]
  for (let k = 0; k < states; k++) {
    const row = slice(both, both.rank - 2, k, k + 1); // [..., 1, 2K]
    const pivot = div(row, slice(row, row.rank - 1, k, k + 1));
    const unit = constant(
      Array.from({ length: states }, (_, i) => Number(i === k)),
      [states, 1],
    );
    both = sub(both, mul(sub(slice(both, both.rank - 1, k, k + 1), unit), pivot));
  }
  return slice(both, both.rank - 1, states);
}

/** `[n, n]` */
export const identity = (n: number): Tensor =>
  constant(
    Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0)),
    [n, n],
  );

/** L Lᵀ of the lower half of a matrix `[K, K]`, and the least variance. */
export function squared(factor: Tensor, n: number): Tensor {
  const half = constant(
    Array.from({ length: n * n }, (_, i) => Number(i % n <= Math.floor(i / n))),
    [n, n],
  );
  const lower = mul(factor, half);
  return addAll([matmul(lower, transpose(lower)), mul(identity(n), LEAST_PROCESS)]);
}
