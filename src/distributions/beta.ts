import {
  add,
  addAll,
  clamp,
  digamma,
  div,
  excessOverLog,
  exp,
  lgamma,
  log,
  log1p,
  mul,
  neg,
  sigmoid,
  split,
  stirlingError,
  sub,
  type Tensor,
} from "../graph/index.ts";
import { logit } from "./bernoulli.ts";
import { gammaNormals, gammaUniforms, logGammaDraw, perColumn } from "./draws.ts";
import type { Family } from "./emission.ts";
import { halfLogTwoPi, halvesOf } from "./gaussian.ts";
import { insideUnit, shareMoments } from "./interval.ts";
import { logitOfShares } from "./links.ts";

/** A beta distribution: its mean m, 1 − m, and its concentration n = a + b; a = mn and b = (1 − m)n. `[..., D]` each */
interface Beta {
  readonly mean: Tensor;
  readonly rest: Tensor;
  readonly concentration: Tensor;
}

const shapesOf = ({ mean, rest, concentration }: Beta): readonly [Tensor, Tensor] => [
  mul(mean, concentration),
  mul(rest, concentration),
];

/**
 * log density of the beta distribution, for 0 < x < 1: with h(u) = u − log(1 + u) and Stirling's error e it is
 *
 *     −[a h((x − m)/m) + b h((m − x)/(1 − m))] + ½ log(ab/n) − ½ log 2π − log x(1 − x) + e(n) − e(a) − e(b)
 *
 * in which no large numbers are subtracted, however concentrated it is.
 */
export function betaLogDensity(x: Tensor, beta: Beta): Tensor {
  const { mean, rest, concentration } = beta;
  const [a, b] = shapesOf(beta);
  const way = sub(x, mean);
  const ofX = mul(a, excessOverLog(div(way, mean), div(x, mean)));
  const ofRest = mul(b, excessOverLog(neg(div(way, rest)), div(sub(1, x), rest)));
  const height = sub(mul(log(mul(a, rest)), 0.5), halfLogTwoPi); // ab/n = a(1 − m)
  const errors = sub(sub(stirlingError(concentration), stirlingError(a)), stirlingError(b));
  return sub(addAll([errors, height, neg(ofX), neg(ofRest)]), add(log(x), log1p(neg(x))));
}

/** KL of beta distributions, with log B(a, b) = lgamma(a) + lgamma(b) − lgamma(n) and the digamma function ψ. */
export function betaDivergence(first: Beta, second: Beta): Tensor {
  const [[a1, b1], [a2, b2]] = [shapesOf(first), shapesOf(second)];
  const [n1, n2] = [first.concentration, second.concentration];
  const logBeta = (a: Tensor, b: Tensor, n: Tensor) => sub(add(lgamma(a), lgamma(b)), lgamma(n));
  return addAll([
    sub(logBeta(a2, b2, n2), logBeta(a1, b1, n1)),
    mul(sub(a1, a2), digamma(a1)),
    mul(sub(b1, b2), digamma(b1)),
    mul(sub(n2, n1), digamma(n1)),
  ]);
}

/** Independent shares; `raw` is [logits of the means | logarithms of the concentrations]. */
export const beta: Family = (columns) => {
  const size = columns.length;
  const parts = (raw: Tensor): Beta => {
    const [mean, concentration] = halvesOf(raw);
    const bounded = clamp(mean, -15, 15);
    return {
      mean: sigmoid(bounded),
      rest: sigmoid(neg(bounded)),
      concentration: exp(clamp(concentration, -10, 15)),
    };
  };
  const moments = columns.map(shareMoments);
  return {
    width: 2 * size,
    uniforms: 2 * gammaUniforms * size,
    normals: 2 * gammaNormals * size,
    missing: "exact",
    link: logitOfShares(columns),
    initialBias: [
      ...moments.map(({ mean }) => logit(mean)),
      ...moments.map(({ mean, variance }) => Math.log((mean * (1 - mean)) / variance - 1)),
    ],
    logProbability: (raw, x) => betaLogDensity(insideUnit(x), parts(raw)),
    sample: (raw, { uniform, normal }, temperature) => {
      const own = parts(raw);
      const uniforms = split(perColumn(uniform, size), [gammaUniforms, gammaUniforms]) as [Tensor, Tensor];
      const normals = split(perColumn(normal, size), [gammaNormals, gammaNormals]) as [Tensor, Tensor];
      const [logA, logB] = shapesOf(own).map((shape, i) =>
        logGammaDraw(shape, uniforms[i] as Tensor, normals[i] as Tensor),
      ) as [Tensor, Tensor];
      const drawn = sigmoid(sub(logA, logB)); // A / (A + B)
      return insideUnit(add(own.mean, mul(sub(drawn, own.mean), temperature)));
    },
    mean: (raw) => parts(raw).mean,
    kl: (first, second) => betaDivergence(parts(first), parts(second)),
  };
};
