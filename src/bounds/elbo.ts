import { add, div, greater, cast, max, maximum, mul, neg, sub, sum, type Tensor } from "../graph/index.ts";
import type { Judgement } from "../models/sequence.ts";

/** A bound on the log-likelihood of a batch and its parts, in nats; scalars. */
export interface Elbo {
  /** What training makes small: minus the (weighted) bound per step. */
  readonly loss: Tensor;
  /** Σ log p(x | z), over all observed entries. */
  readonly logLikelihood: Tensor;
  /** Σ KL(q ‖ p), over all steps. */
  readonly divergence: Tensor;
  /** The number of steps of which anything was observed. */
  readonly steps: Tensor;
}

export interface ElboOptions {
  /** Scalar: the weight of the divergence (KL warm-up raises it from 0 to 1). */
  readonly divergenceWeight: Tensor;
  /** Nats per step and latent dimension that cost nothing (Kingma et al. 2016, eq. 15); 0: none. */
  readonly freeBits: number;
}

/** One part of a batch: what a model said of it, and its mask `[T, B, D]`. */
export interface JudgedPart {
  readonly judgement: Pick<Judgement, "logLikelihood" | "divergence">;
  readonly mask: Tensor;
}

const addTogether = (tensors: readonly Tensor[]): Tensor => tensors.reduce(add);

/**
 * The evidence lower bound with one sample of z per step and the divergence in closed form
 * (Chung et al. 2015, eq. 11), over all parts of a batch together.
 */
export function elbo(parts: readonly JudgedPart[], { divergenceWeight, freeBits }: ElboOptions): Elbo {
  const logLikelihood = addTogether(parts.map(({ judgement }) => sum(judgement.logLikelihood)));
  const perDimension = addTogether(parts.map(({ judgement }) => sum(judgement.divergence, [0, 1]))); // [Z]
  const steps = addTogether(parts.map(({ mask }) => sum(cast(greater(max(mask, [-1]), 0), mask.dtype))));
  const count = maximum(steps, 1);
  const charged = freeBits > 0 ? maximum(perDimension, mul(count, freeBits)) : perDimension;
  const weighted = sub(logLikelihood, mul(divergenceWeight, sum(charged)));
  return { loss: neg(div(weighted, count)), logLikelihood, divergence: sum(perDimension), steps };
}
