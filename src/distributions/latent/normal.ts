/** Diagonal normal distributions of latent variables. */
import { mul, type Tensor } from "../../graph/index.ts";
import { normalKl, normalLogDensity } from "../gaussian.ts";
import type { LatentDistribution } from "./distribution.ts";
import { type LatentMember, type LatentMoments, latentFamily, rawUnitScale, scaleOfRaw } from "./family.ts";

/** What is a normal distribution's own. */
export interface NormalMoments extends LatentMoments {
  /** σ before softplus, `[..., Z]`. */
  readonly rawScale: Tensor;
  /** σ = softplus(rawScale) + 1e-4, `[..., Z]`. */
  readonly scale: Tensor;
}

/**
 * z ~ N(μ, diag σ²) of one step, `[..., Z]`.
 *
 * @example
 * const prior = normal(mean, rawScale); // σ = softplus(rawScale) + 1e-4
 * const z = prior.sample(noise); // [B, Z]
 * posterior.kl(prior); // [B, Z]: nats of each latent variable
 */
export type Normal = LatentMember<NormalMoments>;

/** Normal distributions: a draw takes one number, μ + σε, and the divergence has a closed form. */
export const normalFamily = latentFamily<NormalMoments>({
  normals: 1,
  standard: [rawUnitScale],
  of: (mean, rawScale) => {
    const scale = scaleOfRaw(rawScale);
    return {
      rawScale,
      scale,
      standardDeviation: scale,
      deviate: (noise) => mul(scale, noise),
      logProb: (z) => normalLogDensity(z, mean, scale),
    };
  },
  kl: (first, second) => normalKl(first.mean, first.scale, second.mean, second.scale),
});

/** A normal distribution from its mean and raw scale, `[..., Z]` each. */
export const normal = (mean: Tensor, rawScale: Tensor): Normal => normalFamily.of(mean, rawScale);

/**
 * A normal distribution around the mean of another one, a posterior as a correction of its prior (Fraccaro et al. 2016,
 * eq. 14). Where nothing is observed the correction is 0.
 *
 * @param correction δ of μ = μ₀ + δ, `[..., Z]`
 */
export const residualNormal = (
  base: Pick<LatentDistribution, "mean">,
  correction: Tensor,
  rawScale: Tensor,
): Normal => normalFamily.around(base, correction, rawScale);
