/** What the particles of a sequence say of a step together. */
import {
  add,
  div,
  filledLike,
  log,
  logSumExp,
  maximum,
  mul,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  unsqueeze,
} from "../graph/index.ts";
import type { StepResult } from "./step.ts";

/** What all particles of a sequence say of a step together; W are the shares of their importance weights. */
export interface Together {
  /** `[T, 1]`: the log of the mean weight, an estimate of log p(x_t | x_<t) in nats whose exponential has no bias. */
  readonly predictiveLogProb: Tensor;
  /** `[T, D]`: Σ W log p(x_d | z), how likely each observed entry is once the step was seen; 0 where it is missing. */
  readonly logLikelihood: Tensor;
  /** `[T, 1]`: the effective sample size 1 / Σ W², from 1 to S. */
  readonly effectiveSize: Tensor;
}

/** A step of particles that weighed the same before it, `[S, ·]` each. */
export type ParticleTerms = Pick<StepResult, "logLikelihood" | "logPriorRatio">;

export interface Weighed {
  /** `[S]`: W, summing to 1. */
  readonly shares: Tensor;
  /** Of one step: `[1]`, `[D]`, `[1]`. */
  readonly together: Together;
}

/** Stands for log 0 of a value that no particle can explain: shares have to stay numbers. */
const LEAST_NATS = -1e30;

/** Weighs particles by p(x | z) p(z) / q(z). */
export function weighed({ logLikelihood, logPriorRatio }: ParticleTerms): Weighed {
  const nats = maximum(logLikelihood, LEAST_NATS); // [S, D]
  const fit = sum(nats, [-1]); // [S]
  const width = logPriorRatio.shape[logPriorRatio.rank - 1];
  const logWeights = width === 0 ? fit : add(fit, sum(logPriorRatio, [-1])); // [S]
  const shares = softmax(logWeights); // [S]
  const count = sum(filledLike(shares, 1), [-1], { keepDims: true }); // [1]
  return {
    shares,
    together: {
      predictiveLogProb: sub(logSumExp(logWeights, [-1], { keepDims: true }), log(count)),
      logLikelihood: sum(mul(unsqueeze(shares, -1), nats), [0]),
      effectiveSize: div(1, sum(square(shares), [-1], { keepDims: true })),
    },
  };
}
