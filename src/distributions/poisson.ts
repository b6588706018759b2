import {
  abs,
  add,
  addAll,
  and,
  cast,
  clamp,
  constant,
  cumsum,
  div,
  excessOverLog,
  exp,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  minimum,
  mul,
  neg,
  or,
  round,
  split,
  sqrt,
  square,
  stirlingError,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "../graph/index.ts";
import { firstAccepted, perColumn, towards } from "./draws.ts";
import type { Family } from "./emission.ts";
import { halfLogTwoPi } from "./gaussian.ts";
import { logOfCounts } from "./links.ts";

/** The rate is e^raw, held between 1e-13 and 7e10, so that nothing overflows. */
export const rateOf = (raw: Tensor): Tensor => exp(clamp(raw, -30, 25));

/** A rate that is 0 in training begins here. */
const leastRate = 1e-3;

export const startingLogRate = (mean: number): number => Math.log(Math.max(mean, leastRate));

/**
 * log P(X = x) of the Poisson distribution in Loader's saddle-point form, −x·h((λ − x)/x) − ½ log 2πx − e(x) with
 * h(u) = u − log(1 + u) and Stirling's error e: no large numbers are subtracted, however large x and λ. At 0 it is −λ.
 *
 * @see Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000.
 */
export function poissonLogProbability(x: Tensor, rate: Tensor): Tensor {
  const positive = greater(x, 0);
  const count = where(positive, x, 1);
  const deviance = mul(count, excessOverLog(div(sub(rate, count), count), div(rate, count)));
  const height = add(mul(log(count), 0.5), halfLogTwoPi);
  return neg(where(positive, addAll([deviance, height, stirlingError(count)]), rate));
}

/** Below this rate draws are by inversion over the probabilities of 0 to 39; 40 and more have 2e-12 there at most. */
const smallRate = 10;
const terms = 40;
const logFactorials = Array.from({ length: terms }, (_, k) => k).map((k) =>
  Array.from({ length: k }, (_, i) => Math.log(i + 1)).reduce((all, each) => all + each, 0),
);

/** Above it each attempt succeeds in 70 % of cases at least: the chance that all fail is below 5e-9. */
const attempts = 16;

/** How many uniform numbers a Poisson variate takes. */
export const poissonUniforms = 1 + 2 * attempts;

/** @param rate `[...]` @param uniform `[..., poissonUniforms]` @returns `[...]` whole numbers */
export function poissonDraw(rate: Tensor, uniform: Tensor): Tensor {
  const small = less(rate, smallRate);
  const [inverted, first, second] = split(uniform, [1, attempts, attempts]) as [Tensor, Tensor, Tensor];
  return where(
    small,
    byInversion(minimum(rate, smallRate), inverted),
    byRejection(where(small, smallRate, rate), first, second),
  );
}

/** How many k have P(X > k) above u; tails are added up from their end, so that they keep their digits. */
function byInversion(rate: Tensor, uniform: Tensor): Tensor {
  const k = constant([...Array(terms).keys()], [terms]);
  const own = unsqueeze(rate, -1);
  const masses = exp(sub(sub(mul(log(own), k), own), constant(logFactorials, [terms]))); // [..., terms]
  const tails = cumsum(masses, -1, { exclusive: true, reverse: true });
  return sum(cast(less(uniform, tails), "float32"), [-1]);
}

/**
 * Transformed rejection with squeeze, algorithm PTRS; the log-probability is the one above.
 *
 * @param rate `[...]` at least 10 @param first `[..., A]` uniform numbers, one per attempt @param second `[..., A]` likewise
 * @see Hörmann, "The Transformed Rejection Method for Generating Poisson Random Variables", Insurance: Mathematics and
 * Economics 12, 1993.
 */
function byRejection(rate: Tensor, first: Tensor, second: Tensor): Tensor {
  const own = unsqueeze(rate, -1); // [..., 1]
  const b = add(mul(sqrt(own), 2.53), 0.931);
  const a = add(mul(b, 0.02483), -0.059);
  const u = sub(first, 0.5); // [..., A]
  const us = sub(0.5, abs(u));
  const k = floor(add(add(mul(add(div(mul(a, 2), us), b), u), own), 0.43));
  const quick = and(greaterEqual(us, 0.07), lessEqual(second, sub(0.9277, div(3.6224, sub(b, 2)))));
  const possible = and(greaterEqual(k, 0), or(greaterEqual(us, 0.013), lessEqual(second, us)));
  const inverseAlpha = add(div(1.1328, sub(b, 3.4)), 1.1239);
  const height = log(div(mul(second, inverseAlpha), add(div(a, square(us)), b)));
  const exact = and(possible, lessEqual(height, poissonLogProbability(k, own)));
  return firstAccepted(k, or(quick, exact), round(rate));
}

/** KL of Poisson distributions: λ₁ log(λ₁/λ₂) + λ₂ − λ₁ = λ₁ h((λ₂ − λ₁)/λ₁). */
export const poissonDivergence = (rate1: Tensor, rate2: Tensor): Tensor =>
  mul(rate1, excessOverLog(div(sub(rate2, rate1), rate1), div(rate2, rate1)));

/** Independent counts, each with a rate of its own; `raw` is the logarithm of the rates. */
export const poisson: Family = (columns) => ({
  width: columns.length,
  uniforms: poissonUniforms * columns.length,
  normals: 0,
  missing: "exact",
  link: logOfCounts(columns),
  initialBias: columns.map(({ mean }) => startingLogRate(mean)),
  logProbability: (raw, x) => poissonLogProbability(x, rateOf(raw)),
  sample: (raw, { uniform }, temperature) => {
    const rate = rateOf(raw);
    return towards(poissonDraw(rate, perColumn(uniform, columns.length)), rate, temperature);
  },
  mean: rateOf,
  kl: (first, second) => poissonDivergence(rateOf(first), rateOf(second)),
});
