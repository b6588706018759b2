import {
  add,
  constant,
  log,
  log1p,
  mul,
  neg,
  sigmoid,
  softplus,
  sub,
  sum,
  type Tensor,
  unsqueeze,
} from "../graph/index.ts";
import { logit } from "./bernoulli.ts";
import type { Family } from "./emission.ts";
import { halvesOf, inverseSoftplus, normalCdf, normalKl, normalLogDensity } from "./gaussian.ts";
import { insideUnit, shareMoments } from "./interval.ts";
import { logitOfShares } from "./links.ts";

/** The least scale of the logit. */
const leastScale = 1e-4;

const logitOf = (x: Tensor): Tensor => sub(log(x), log1p(neg(x)));

/** log density of x = 1/(1 + e^−y), y ~ N(μ, σ), for 0 < x < 1: that of y less log x(1 − x). */
export const logitNormalLogDensity = (x: Tensor, mean: Tensor, scale: Tensor): Tensor =>
  sub(normalLogDensity(logitOf(x), mean, scale), add(log(x), log1p(neg(x))));

/** Points and weights of the trapezoidal rule over N(0, 1): within 1e-9 for scales up to 2 and 4e-4 up to 5. */
const points = Array.from({ length: 33 }, (_, i) => (i - 16) / 2);
const weights = points.map((z) => 0.5 * Math.exp(-0.5 * z * z - 0.5 * Math.log(2 * Math.PI)));

/** Independent shares whose logits are normal; `raw` is [means | scales] of the logits. */
export const logitNormal: Family = (columns) => {
  const size = columns.length;
  const parts = (raw: Tensor): [Tensor, Tensor] => {
    const [mean, scale] = halvesOf(raw);
    return [mean, add(softplus(scale), leastScale)]; // [..., D], [..., D]
  };
  const moments = columns.map(shareMoments);
  const startingScale = ({ mean, variance }: { mean: number; variance: number }): number =>
    Math.min(3, Math.sqrt(variance) / (mean * (1 - mean)));
  return {
    width: 2 * size,
    uniforms: 0,
    normals: size,
    missing: "exact",
    link: logitOfShares(columns),
    initialBias: [
      ...moments.map(({ mean }) => logit(mean)),
      ...moments.map((each) => inverseSoftplus(startingScale(each))),
    ],
    logProbability: (raw, x) => logitNormalLogDensity(insideUnit(x), ...parts(raw)),
    sample: (raw, { normal }, temperature) => {
      const [mean, scale] = parts(raw);
      return insideUnit(sigmoid(add(mean, mul(mul(scale, normal), temperature))));
    },
    /** It has no closed form: a quadrature over the logits. */
    mean: (raw) => {
      const [mean, scale] = parts(raw).map((each) => unsqueeze(each, -1)) as [Tensor, Tensor];
      const shares = sigmoid(add(mean, mul(scale, constant(points, [points.length])))); // [..., D, points]
      return sum(mul(shares, constant(weights, [weights.length])), [-1]);
    },
    cdf: (raw, x) => normalCdf(logitOf(insideUnit(x)), ...parts(raw)),
    kl: (first, second) => normalKl(...parts(first), ...parts(second)),
  };
};
