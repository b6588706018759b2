import {
  add,
  addAll,
  clamp,
  div,
  excessOverLog,
  exp,
  greater,
  log,
  log1p,
  mul,
  neg,
  split,
  stirlingError,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";
import { gammaNormals, gammaUniforms, logGammaDraw, perColumn, towards } from "./draws.ts";
import type { Family } from "./emission.ts";
import { halfLogTwoPi, halvesOf } from "./gaussian.ts";
import { logOfCounts } from "./links.ts";
import { poissonDraw, poissonUniforms, rateOf, startingLogRate } from "./poisson.ts";

/**
 * log P(X = x) of the negative binomial distribution with mean μ and dispersion r (variance μ + μ²/r). With n = x + r,
 * h(u) = u − log(1 + u) and Stirling's error e it is
 *
 *     −[x h(−r(x − μ)/((r + μ)x)) + r h((x − μ)/(r + μ))] + ½ log(r/n) − ½ log 2πx + e(n) − e(r) − e(x)
 *
 * and −r log(1 + μ/r) at x = 0: the saddle-point form, in which no large numbers are subtracted and which goes over
 * into Poisson's as r grows.
 */
export function negativeBinomialLogProbability(x: Tensor, mean: Tensor, dispersion: Tensor): Tensor {
  const positive = greater(x, 0);
  const count = where(positive, x, 1);
  const total = add(count, dispersion);
  const both = add(mean, dispersion);
  const way = sub(count, mean);
  const share = div(total, both);
  const ofCount = excessOverLog(
    neg(mul(div(dispersion, both), div(way, count))),
    mul(share, div(mean, count)),
  );
  const ofRest = excessOverLog(div(way, both), share);
  const deviance = add(mul(count, ofCount), mul(dispersion, ofRest));
  const height = add(mul(log(mul(count, div(total, dispersion))), 0.5), halfLogTwoPi);
  const errors = sub(sub(stirlingError(total), stirlingError(dispersion)), stirlingError(count));
  return where(
    positive,
    sub(errors, add(deviance, height)),
    neg(mul(dispersion, log1p(div(mean, dispersion)))),
  );
}

/** The dispersion that gives counts of this mean and deviation, or one that is nearly Poisson's. */
function startingDispersion(mean: number, deviation: number): number {
  const excess = deviation ** 2 - mean;
  return Math.min(100, Math.max(0.1, excess > 0 ? mean ** 2 / excess : 100));
}

/** Counts that spread more than Poisson's, as rates that vary do; `raw` is [log means | log dispersions]. */
export const negativeBinomial: Family = (columns) => {
  const size = columns.length;
  const parts = (raw: Tensor): [Tensor, Tensor] => {
    const [mean, dispersion] = halvesOf(raw);
    return [rateOf(mean), exp(clamp(dispersion, -10, 20))]; // [..., D], [..., D]
  };
  return {
    width: 2 * size,
    uniforms: (gammaUniforms + poissonUniforms) * size,
    normals: gammaNormals * size,
    missing: "exact",
    link: logOfCounts(columns),
    initialBias: [
      ...columns.map(({ mean }) => startingLogRate(mean)),
      ...columns.map(({ mean, standardDeviation: deviation }) =>
        Math.log(startingDispersion(mean, deviation)),
      ),
    ],
    logProbability: (raw, x) => negativeBinomialLogProbability(x, ...parts(raw)),
    sample: (raw, { uniform, normal }, temperature) => {
      const [mean, dispersion] = parts(raw);
      const [ofGamma, ofPoisson] = split(perColumn(uniform, size), [gammaUniforms, poissonUniforms]) as [
        Tensor,
        Tensor,
      ];
      const gamma = logGammaDraw(dispersion, ofGamma, perColumn(normal, size));
      const rate = rateOf(addAll([gamma, log(mean), neg(log(dispersion))]));
      return towards(poissonDraw(rate, ofPoisson), mean, temperature);
    },
    mean: (raw) => parts(raw)[0],
  };
};
