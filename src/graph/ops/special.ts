/**
 * Special functions written with other ops, so that their gradients follow by themselves (that of `lgamma` is digamma).
 * They hold in float32 and float64, and their gradients are finite wherever they are.
 */

import type { Tensor } from "../tensor.ts";
import { add, div, mul, neg, sub } from "./algebra.ts";
import type { Operand } from "./leaves.ts";
import { abs, exp, less, log, square, tanh, where } from "./pointwise.ts";

/** c₀ + c₁x + c₂x² + …, by Horner's rule. */
function polynomial(x: Tensor, coefficients: readonly number[]): Tensor {
  const [highest = 0, ...lower] = [...coefficients].reverse();
  return lower.reduce<Operand>((sum, coefficient) => add(mul(sum, x), coefficient), highest) as Tensor;
}

/** Below this size of u the series in s = u/(2 + u) is used; its tenth term is then below 1e-17. */
const nearOne = 0.25;

/** 1, 1/3, 1/5, …: log(1 + u) = 2 artanh(s) = 2(s + s³/3 + s⁵/5 + …). */
const artanhSeries = Array.from({ length: 10 }, (_, k) => 1 / (2 * k + 1));

/**
 * log(1 + u) for u > −1, exact to the last digits for small u.
 *
 * @example
 * log1p(u) // 1e-9 at u = 1e-9, where log(add(u, 1)) is 0 in float32
 */
export function log1p(u: Tensor): Tensor {
  const near = less(abs(u), nearOne);
  const small = where(near, u, 0);
  const s = div(small, add(small, 2));
  const series = mul(mul(s, 2), polynomial(square(s), artanhSeries));
  return where(near, series, log(where(near, 1, add(u, 1))));
}

/**
 * u − log(1 + u) ≥ 0: what the deviances of distributions are made of. Near 0, where it is u²/2, the difference would be
 * lost in rounding: with s = u/(2 + u) it is s·u − 2(s³/3 + s⁵/5 + …).
 *
 * @param ratio 1 + u, computed without adding 1 to u
 */
export function excessOverLog(u: Tensor, ratio: Tensor): Tensor {
  const near = less(abs(u), nearOne);
  const small = where(near, u, 0);
  const s = div(small, add(small, 2));
  const rest = polynomial(square(s), artanhSeries.slice(1));
  const series = sub(mul(s, small), mul(mul(s, 2), mul(square(s), rest)));
  return where(near, series, sub(u, log(where(near, 1, ratio))));
}

/** eˣ − 1 = tanh(x/2)·(eˣ + 1), exact to the last digits for small x. */
export const expm1 = (x: Tensor): Tensor => mul(tanh(mul(x, 0.5)), add(exp(x), 1));

/** log(1 − e⁻ᵃ) for a > 0: the logarithm of tanh(a/2)·(1 + e⁻ᵃ). */
export const log1mExp = (a: Tensor): Tensor => log(mul(tanh(mul(a, 0.5)), add(exp(neg(a)), 1)));

/** From here on Stirling's series is exact to the last digits of float64. */
const shift = 8;

/** B₂ₖ / (2k(2k − 1)) for k = 1, 2, …: the coefficients of 1/x, 1/x³, … */
const stirlingSeries = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/**
 * The error e(x) of Stirling's formula, for x > 0: lgamma(x) = (x − ½) log x − x + ½ log 2π + e(x).
 * Below 8 the series is taken at x + 8, and e(x) − e(x + 8) = (x − ½) log((x + 8)/x) − 8 − Σ log((x + k)/(x + 8)),
 * k = 0 … 7, by the recurrence of the gamma function.
 *
 * @see Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000.
 */
export function stirlingError(x: Tensor): Tensor {
  const below = less(x, shift);
  const large = where(below, add(x, shift), x);
  const series = div(polynomial(square(div(1, large)), stirlingSeries), large);
  const small = where(below, x, shift);
  const moved = add(small, shift);
  const factors = Array.from({ length: shift }, (_, k) => div(add(small, k), moved));
  const correction = sub(mul(sub(small, 0.5), log(div(moved, small))), log(factors.reduce(mul)));
  return add(series, where(below, sub(correction, shift), 0));
}

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/**
 * log Γ(x) for x > 0, within 1e-6 in float32 (relative above 1).
 *
 * @example
 * lgamma(constant([5], [1])) // 3.178054, log 24
 */
export const lgamma = (x: Tensor): Tensor =>
  add(sub(mul(sub(x, 0.5), log(x)), sub(x, halfLogTwoPi)), stirlingError(x));

/** B₂ₖ / 2k for k = 1, 2, … */
const digammaSeries = stirlingSeries.map((coefficient, k) => coefficient * (2 * k + 1));

/** ψ(x) = d log Γ(x) / dx for x > 0: log x − 1/(2x) − Σ B₂ₖ/(2k x²ᵏ), with ψ(x) = ψ(x + 8) − Σ 1/(x + k) below 8. */
export function digamma(x: Tensor): Tensor {
  const below = less(x, shift);
  const large = where(below, add(x, shift), x);
  const inverse = square(div(1, large));
  const series = sub(sub(log(large), div(0.5, large)), mul(inverse, polynomial(inverse, digammaSeries)));
  const small = where(below, x, shift);
  const steps = Array.from({ length: shift }, (_, k) => div(1, add(small, k)));
  return sub(series, where(below, steps.reduce(add), 0));
}
