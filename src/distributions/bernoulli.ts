import {
  add,
  cast,
  div,
  less,
  mul,
  neg,
  sigmoid,
  softplus,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";
import type { Emission, Family } from "./emission.ts";

/** A column that is never or always 1 in training would begin at an infinite logit. */
const rarest = 1e-3;

export const logit = (p: number): number => Math.log(p / (1 - p));

/** log p(x) of x in {0, 1} from logits: x·l − log(1 + eˡ), without overflow on either side. `[..., D]` */
export const bernoulliLogProbability = (logits: Tensor, x: Tensor): Tensor =>
  sub(mul(x, logits), softplus(logits));

/** KL of Bernoulli distributions from logits: p₁(l₁ − l₂) − log(1 + e^l₁) + log(1 + e^l₂). `[..., D]` */
export const bernoulliDivergence = (first: Tensor, second: Tensor): Tensor =>
  add(mul(sigmoid(first), sub(first, second)), sub(softplus(second), softplus(first)));

/** Independent yes or no, one logit each. @param rates how often each is 1 in training */
export const bernoulliOver = (rates: readonly number[]): Emission => ({
  width: rates.length,
  uniforms: rates.length,
  normals: 0,
  missing: "exact",
  initialBias: rates.map((rate) => logit(Math.min(1 - rarest, Math.max(rarest, rate)))),
  logProbability: bernoulliLogProbability,
  sample: (logits, { uniform }, temperature) =>
    cast(less(uniform, sigmoid(div(logits, temperature))), "float32"),
  mean: sigmoid,
  cdf: (logits, x) => where(less(x, 1), where(less(x, 0), 0, sigmoid(neg(logits))), 1),
  kl: bernoulliDivergence,
});

/** Yes/no columns. */
export const bernoulli: Family = (columns) => bernoulliOver(columns.map(({ mean }) => mean));
