import * as z from "zod";
import { cast, greater, max, maximum, mul, neg, sub, sum, type Tensor } from "../graph/index.ts";
import type { StepResult } from "../models/step.ts";
import { divergenceWeightAt } from "./kl-schedule.ts";
import type { Objective } from "./objective.ts";

export const elboOptions = {
  /** Steps over which the weight of the divergence rises from 0 to 1. */
  klWarmupSteps: z.int().min(0).default(0),
  /** Nats per step and latent dimension that cost nothing. */
  freeBits: z.number().min(0).default(0),
};

type ElboOptions = z.output<z.ZodObject<typeof elboOptions>>;

/**
 * The evidence lower bound with one sample of z per step and the divergence in closed form,
 * E log p(x | z) − KL(q ‖ p) (Chung et al. 2015, eq. 11), in nats per step; training may weigh the divergence (KL
 * warm-up) and leave the first nats of each latent dimension free (Kingma et al. 2016, eq. 15).
 */
export const elbo = ({ klWarmupSteps, freeBits }: ElboOptions): Objective => ({
  figures: { logLikelihood: "steps", divergence: "steps" },
  schedule: (step) => ({ divergenceWeight: divergenceWeightAt(klWarmupSteps, step) }),
  terms: ({ unrolled, mask }, fed) => {
    const parts = elboParts(unrolled);
    const free = () => mul(observedSteps(mask), freeBits);
    const charged = freeBits > 0 ? maximum(parts.perDimension, free()) : parts.perDimension;
    const weighted = sub(parts.logLikelihood, mul(fed.scalar("divergenceWeight"), sum(charged)));
    return {
      loss: [{ sum: neg(weighted), per: "observedSteps" }],
      figures: { logLikelihood: parts.logLikelihood, divergence: sum(parts.perDimension) },
    };
  },
  bound: ({ logLikelihood = Number.NaN, divergence = Number.NaN }) => logLikelihood - divergence,
});

/** The bound itself, as it is told of data: nothing weighed, nothing free. */
export const plainElbo: Objective = elbo({ klWarmupSteps: 0, freeBits: 0 });

/** Σ log p(x | z) over all entries, and Σ KL(q ‖ p) of each latent dimension, `[Z]`. */
const elboParts = ({ logLikelihood, divergence }: Pick<StepResult, "logLikelihood" | "divergence">) => ({
  logLikelihood: sum(logLikelihood),
  perDimension: sum(divergence, [0, 1]), // [Z]
});

/** The number of steps of which anything was observed. */
const observedSteps = (mask: Tensor): Tensor => sum(cast(greater(max(mask, [-1]), 0), mask.dtype));
