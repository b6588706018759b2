import * as z from "zod";
import { neg, sum, type Tensor } from "../graph/index.ts";
import { type ParticleOptions, type Resampler, resamplers } from "../models/particle-unroll.ts";
import type { Objective } from "./objective.ts";

export const iwaeOptions = {
  /** Particles that each sequence is followed by. */
  particles: z.int().min(1).max(1024).default(4).meta({
    flag: "--particles <count>",
    help: "of iwae and fivo: particles that each sequence is followed by",
  }),
};

export const fivoOptions = {
  ...iwaeOptions,
  /** How the ancestors of particles are drawn. */
  resampling: z
    .enum(Object.keys(resamplers) as [Resampler, ...Resampler[]])
    .default("systematic")
    .meta({
      flag: "--resampling <name>",
      help: `of fivo: how ancestors are drawn: ${Object.keys(resamplers).join(", ")}`,
    }),
};

/**
 * The importance-weighted bound, E log (1/N) Σ w over whole sequences (Burda, Grosse, Salakhutdinov 2016, eq. 8), in
 * nats per step. With one particle it is the evidence lower bound with a sampled divergence.
 */
export const iwae = ({ particles }: z.output<z.ZodObject<typeof iwaeOptions>>): Objective =>
  particleBound({ particles });

/**
 * The filtering variational objective: particles are resampled when their effective sample size falls under half of
 * them, with no gradient through the choice (Maddison et al. 2017, algorithm 1; section 4 on the gradient).
 */
export const fivo = ({ particles, resampling }: z.output<z.ZodObject<typeof fivoOptions>>): Objective =>
  particleBound({ particles, resampling });

const particleBound = (particles: ParticleOptions): Objective => ({
  particles,
  figures: { bound: "steps", effectiveSize: "steps" },
  schedule: () => ({}),
  terms: ({ bound, effectiveSize }) => {
    const total = sum(bound as Tensor);
    return {
      loss: [{ sum: neg(total), per: "observedSteps" }],
      figures: { bound: total, effectiveSize: sum(effectiveSize as Tensor) },
    };
  },
  bound: ({ bound = Number.NaN }) => bound,
});
