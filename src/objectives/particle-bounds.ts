import { greater, max, neg, sum, type Tensor, where } from "../graph/index.ts";
import { type ParticleOptions, type Resampler, resamplers } from "../models/particle-unroll.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";
import type { ObjectiveWithBound } from "./objective.ts";

export const iwaeOptions = {
  /** Particles that each sequence is followed by. */
  particles: option(z._default(z.int().check(z.minimum(1), z.maximum(1024)), 4), {
    flag: "--particles <count>",
    needs: "latents",
  }),
};

export const fivoOptions = {
  ...iwaeOptions,
  /** How the ancestors of particles are drawn. */
  resampling: option(
    z._default(z.enum(Object.keys(resamplers) as [Resampler, ...Resampler[]]), "systematic"),
    {
      flag: "--resampling <name>",
      needs: "latents",
    },
  ),
};

/**
 * The importance-weighted bound, E log (1/N) Σ w over whole sequences (Burda, Grosse, Salakhutdinov 2016, eq. 8), in
 * nats per step. With one particle it is the evidence lower bound with a sampled divergence.
 */
export const iwae = ({ particles }: z.output<z.ZodMiniObject<typeof iwaeOptions>>): ObjectiveWithBound =>
  particleBound({ particles });

/**
 * The filtering variational objective: particles are resampled when their effective sample size falls under half of
 * them (of two it never does), with no gradient through the choice (Maddison et al. 2017, algorithm 1; section 4 on the
 * gradient).
 */
export const fivo = ({
  particles,
  resampling,
}: z.output<z.ZodMiniObject<typeof fivoOptions>>): ObjectiveWithBound =>
  particleBound({ particles, resampling });

/** The bound that particles give, resampled or not. */
export const particleBound = (particles: ParticleOptions): ObjectiveWithBound => ({
  particles,
  figures: { bound: "steps", effectiveSize: "observedSteps" },
  schedule: () => ({}),
  terms: ({ bound, effectiveSize, mask }) => {
    const isSeen = greater(max(mask, [-1]), 0); // [T, B]
    const total = sum(bound as Tensor);
    return {
      loss: [{ sum: neg(total), per: "observedSteps" }],
      figures: { bound: total, effectiveSize: sum(where(isSeen, effectiveSize as Tensor, 0)) },
    };
  },
  bound: ({ bound = Number.NaN }) => bound,
});
