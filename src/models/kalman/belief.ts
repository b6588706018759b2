/** What is known of the hidden state as tensors, and how it is learned from entries one by one; no matrix is inverted on the way forward. */
import {
  add,
  addAll,
  concat,
  constant,
  div,
  filledLike,
  greater,
  matmul,
  mul,
  slice,
  sqrt,
  squeeze,
  sub,
  sum,
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

/** What is expected of an entry c z + v, `[..., 1]`, and its covariance with the state, P c `[..., K]`. */
export interface Entry {
  readonly expected: Tensor;
  readonly variance: Tensor;
  readonly crossed: Tensor;
  /** c, `[K]` or `[..., K]`, and the variance of v, `[1]`. */
  readonly reading: Tensor;
  readonly noise: Tensor;
}

/** The belief that a state of the model is. */
export const gaussianOf = (state: State): Gaussian => ({
  mean: part(state, "mean"),
  covariance: part(state, "covariance"),
});

/** An entry of each row, `[..., 1]`. */
export const column = (x: Tensor, d: number): Tensor => slice(x, x.rank - 1, d, d + 1);

/**
 * The belief once something was seen that is so far from what was expected: the covariance is (I − g cᵀ) P (I − g cᵀ)ᵀ + r g gᵀ (Joseph's
 * form), as the shorter P − g (P c)ᵀ loses its positive variances to the rounding of float32 where next to nothing is left of P.
 *
 * @param residual `[..., 1]`
 */
export function learnedFrom(
  { mean, covariance }: Gaussian,
  { crossed, variance, reading, noise }: Entry,
  residual: Tensor,
): Gaussian {
  const gain = div(crossed, variance); // [..., K]
  const [tall, wide] = [unsqueeze(gain, -1), unsqueeze(gain, -2)]; // [..., K, 1], [..., 1, K]
  const left = sub(covariance, mul(tall, unsqueeze(crossed, -2))); // (I − g cᵀ) P
  const still = sum(mul(left, unsqueeze(reading, -2)), [-1], { keepDims: true }); // (I − g cᵀ) P c, [..., K, 1]
  return {
    mean: add(mean, mul(gain, residual)),
    covariance: add(sub(left, mul(still, wide)), mul(unsqueeze(noise, -1), mul(tall, wide))),
  };
}

/** One of two beliefs, row by row. @param isFirst bool `[..., 1]` */
export const chosen = (isFirst: Tensor, first: Gaussian, second: Gaussian): Gaussian => ({
  mean: where(isFirst, first.mean, second.mean),
  covariance: where(unsqueeze(isFirst, -1), first.covariance, second.covariance),
});

/** A variance of a state that is none but for rounding. */
const SURE = 1e-6;

/** A state drawn entry by entry, each seen before the next is drawn; sure of it. */
export function drawnState(belief: Gaussian, states: number, { normal, temperature }: ExactDraws): State {
  let known = belief;
  for (let k = 0; k < states; k++) {
    const crossed = squeeze(slice(known.covariance, known.covariance.rank - 1, k, k + 1), -1); // [..., K]
    const own = column(crossed, k); // [..., 1]
    const isOpen = greater(own, SURE);
    const variance = where(isOpen, own, 1); // [..., 1]
    const deviation = where(isOpen, mul(mul(sqrt(variance), column(normal, k)), temperature), 0);
    const [expected, reading, noise] = [column(known.mean, k), axis(states, k), constant([0], [1])];
    const entry = { crossed: where(isOpen, crossed, 0), variance, expected, reading, noise };
    known = learnedFrom(known, entry, deviation);
  }
  return { mean: known.mean, covariance: filledLike(known.covariance, 0) };
}

/** Of a variance in standardised columns so much may be rounding. */
const ROUNDED = 1e-9;

/**
 * The covariance next to one whose rounding has left it variances below zero: L Lᵀ, where Cholesky's way passes over what is none but for
 * rounding. Done after each move, rounding cannot add up.
 *
 * @param covariance `[..., K, K]`
 */
export function definite(covariance: Tensor, states: number): Tensor {
  let rest = covariance;
  const factors: Tensor[] = [];
  for (let k = 0; k < states; k++) {
    const own = slice(rest, rest.rank - 1, k, k + 1); // [..., K, 1]
    const variance = slice(own, own.rank - 2, k, k + 1); // [..., 1, 1]
    const isOpen = greater(variance, ROUNDED);
    const factor = where(isOpen, div(own, sqrt(where(isOpen, variance, 1))), 0); // [..., K, 1]
    factors.push(factor);
    rest = sub(rest, matmul(factor, transpose(factor)));
  }
  const all = concat(factors); // [..., K, K]
  return matmul(all, transpose(all));
}

/** M⁻¹ R of a positive definite M `[..., K, K]`, by Gauss and Jordan without pivots. */
export function solved(matrix: Tensor, right: Tensor, states: number): Tensor {
  let both = concat([matrix, right]); // [..., K, 2K]
  for (let k = 0; k < states; k++) {
    const row = slice(both, both.rank - 2, k, k + 1); // [..., 1, 2K]
    const pivot = div(row, slice(row, row.rank - 1, k, k + 1));
    const unit = unsqueeze(axis(states, k), -1); // [K, 1]
    both = sub(both, mul(sub(slice(both, both.rank - 1, k, k + 1), unit), pivot));
  }
  return slice(both, both.rank - 1, states);
}

/** 1 at place k, else 0: `[n]` */
const axis = (n: number, k: number): Tensor =>
  constant(
    Array.from({ length: n }, (_, i) => Number(i === k)),
    [n],
  );

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
