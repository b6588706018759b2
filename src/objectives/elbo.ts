import { add, greater, logSoftmax, mean, mul, neg, sub, sum, type Tensor, where } from "../graph/index.ts";
import { latentWidth } from "../models/model.ts";
import type { StepResult } from "../models/step.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";
import { klWeightAt } from "./kl-schedule.ts";
import type { ObjectiveWithBound } from "./objective.ts";

export const elboOptions = {
  /** Steps over which the weight of the divergence rises from 0 to 1. */
  klWarmupSteps: option(z._default(z.int().check(z.minimum(0)), 0), {
    flag: "--kl-warmup <steps>",
    needs: "latents",
  }),
  /** Nats per step and latent dimension that cost nothing. */
  freeBits: option(z._default(z.number().check(z.minimum(0)), 0), {
    flag: "--free-bits <nats>",
    needs: "latents",
  }),
  /** The share of what is told of a token, or a label, that is told of all of them alike. */
  labelSmoothing: option(z._default(z.number().check(z.minimum(0), z.lt(1)), 0), {
    flag: "--label-smoothing <share>",
    needs: "choices",
  }),
};

/** What `elboOptions` come to. */
export type ElboOptions = z.output<z.ZodMiniObject<typeof elboOptions>>;

/**
 * The evidence lower bound with one sample of z per step, E log p(x | z) − KL(q ‖ p) (Chung et al. 2015, eq. 11), in nats
 * per step; training may weigh the divergence (KL warm-up) and leave the first nats of each latent dimension free (Kingma
 * et al. 2016, eq. 15): a dimension costs nothing while its mean over the batch before is below them. That mean is fed,
 * so that shards agree.
 *
 * A divergence without a closed form is the draw's log q(z) − log p(z). Its expectation and that of its gradient are the
 * divergence's, so it is weighed and freed in the same way: single values may be negative, the mean over a batch that
 * decides what is free hardly is.
 *
 * With label smoothing training also makes all tokens likely, which figures and the bound know nothing of.
 */
export const elbo = ({ klWarmupSteps, freeBits, labelSmoothing }: ElboOptions): ObjectiveWithBound => ({
  ...(freeBits > 0 && { running: { kl: { width: latentWidth, per: "observedSteps" } } }),
  figures: { logLikelihood: "steps", kl: "steps" },
  schedule: (step) => ({ klWeight: klWeightAt(klWarmupSteps, step) }),
  terms: ({ unrolled, mask }, fed) => {
    const { logLikelihood, perDimension } = elboParts(unrolled);
    const told = labelSmoothing > 0 ? smoothed(labelSmoothing, logLikelihood, unrolled, mask) : logLikelihood;
    const isCharged = () => greater(fed.running("kl"), freeBits); // [Z]
    const charged = freeBits > 0 ? where(isCharged(), perDimension, 0) : perDimension;
    const weighted = sub(told, mul(fed.scalar("klWeight"), sum(charged)));
    return {
      loss: [{ sum: neg(weighted), per: "observedSteps" }],
      figures: { logLikelihood, kl: sum(perDimension) },
      ...(freeBits > 0 && { running: { kl: perDimension } }),
    };
  },
  bound: ({ logLikelihood = Number.NaN, kl = Number.NaN }) => logLikelihood - kl,
});

/** The bound itself, as it is told of data: nothing weighed, nothing free. */
export const plainElbo: ObjectiveWithBound = elbo({ klWarmupSteps: 0, freeBits: 0, labelSmoothing: 0 });

/** (1 − ε) Σ log p(x) + ε Σ mean over all tokens v of log p(v) (Szegedy et al. 2016, section 7). @param mask `[T, B, 1]` */
function smoothed(
  share: number,
  logLikelihood: Tensor,
  { emissionParameters }: StepResult,
  mask: Tensor,
): Tensor {
  const ofAll = mean(logSoftmax(emissionParameters), [-1], { keepDims: true }); // [T, B, 1]
  return add(logLikelihood, mul(sub(sum(mul(ofAll, mask)), logLikelihood), share));
}

/** Σ log p(x | z) over all entries, and Σ KL(q ‖ p) of each latent dimension, `[Z]`. */
const elboParts = ({ logLikelihood, kl }: Pick<StepResult, "logLikelihood" | "kl">) => ({
  logLikelihood: sum(logLikelihood),
  perDimension: sum(kl, [0, 1]), // [Z]
});
