import { cast, div, greater, max, maximum, mul, neg, sub, sum, type Tensor } from "../graph/index.ts";
import type { StepResult } from "../models/step.ts";

/** A bound on the log-likelihood of some sequences and its parts, in nats; scalars. */
export interface Elbo {
  /** What training makes small: minus the (weighted) bound per step. */
  readonly loss: Tensor;
  /** Σ log p(x | z), over all observed entries. */
  readonly logLikelihood: Tensor;
  /** Σ KL(q ‖ p), over all steps. */
  readonly divergence: Tensor;
}

/** How the parts of a bound are weighed. */
export interface ElboOptions {
  /** Scalar: the weight of the divergence (KL warm-up raises it from 0 to 1). */
  readonly divergenceWeight: Tensor;
  /** Scalar: the number of steps that the loss is a mean over; more than these sequences hold, when they are one shard of a batch. */
  readonly count: Tensor;
  /** Nats per step and latent dimension that cost nothing (Kingma et al. 2016, eq. 15); 0: none. */
  readonly freeBits: number;
}

/**
 * The evidence lower bound with one sample of z per step and the divergence in closed form
 * (Chung et al. 2015, eq. 11).
 *
 * @param mask `[T, B, D]`
 */
export function elbo(
  unrolled: Pick<StepResult, "logLikelihood" | "divergence">,
  mask: Tensor,
  { divergenceWeight, count, freeBits }: ElboOptions,
): Elbo {
  const logLikelihood = sum(unrolled.logLikelihood);
  const perDimension = sum(unrolled.divergence, [0, 1]); // [Z]
  const free = () => mul(observedSteps(mask), freeBits);
  const charged = freeBits > 0 ? maximum(perDimension, free()) : perDimension;
  const weighted = sub(logLikelihood, mul(divergenceWeight, sum(charged)));
  return { loss: neg(div(weighted, count)), logLikelihood, divergence: sum(perDimension) };
}

/** The number of steps of which anything was observed. */
const observedSteps = (mask: Tensor): Tensor => sum(cast(greater(max(mask, [-1]), 0), mask.dtype));
