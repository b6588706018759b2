/** Diagonal normal distributions of latent variables. */
import { add, greater, mul, softplus, sub, type Tensor, where } from "../graph/index.ts";
import { inverseSoftplus, normalKl, normalLogDensity } from "./gaussian.ts";

/** The least standard deviation of a latent variable. */
const latentFloor = 1e-4;

/** The raw scale of a standard deviation of 1. */
export const rawUnitScale = inverseSoftplus(1 - latentFloor);

/**
 * z ~ N(μ, diag σ²) of one step, `[..., Z]`: what a block of latent variables has as prior and posterior.
 *
 * @example
 * const prior = normal(mean, rawScale); // σ = softplus(rawScale) + 1e-4
 * const z = prior.sample(noise); // [B, Z]
 * posterior.kl(prior); // [B, Z]: nats of each latent variable
 */
export interface Normal {
  readonly mean: Tensor;
  /** σ before softplus. */
  readonly rawScale: Tensor;
  readonly scale: Tensor;
  /** μ + σ·ε·τ; differentiable in μ and σ. @param noise ε, `[..., Z]` standard normal @param temperature τ, scalar; 1 unless told */
  sample(noise: Tensor, temperature?: Tensor): Tensor;
  /** log N(z; μ, σ) of each entry, `[..., Z]`. */
  logProb(z: Tensor): Tensor;
  /** KL(this ‖ other) of each entry in nats, `[..., Z]`. */
  kl(other: Normal): Tensor;
  /** This distribution where anything was observed, another elsewhere. @param anything float `[..., 1]`, 1 or 0 */
  orElse(anything: Tensor, other: Normal): Normal;
}

/** A normal distribution from its mean and raw scale, `[..., Z]` each. */
export const normal = (mean: Tensor, rawScale: Tensor): Normal =>
  make(mean, rawScale, (anything, other) => where(greater(anything, 0), mean, other.mean));

/**
 * A normal distribution around the mean of another one: μ = μ₀ + δ, a posterior as a correction of its prior
 * (Fraccaro et al. 2016, eq. 14). Where nothing is observed the correction is 0.
 *
 * @param correction δ, `[..., Z]`
 */
export const residualNormal = (base: Normal, correction: Tensor, rawScale: Tensor): Normal =>
  make(add(base.mean, correction), rawScale, (anything, other) => add(other.mean, mul(anything, correction)));

function make(
  mean: Tensor,
  rawScale: Tensor,
  meanOrElse: (anything: Tensor, other: Normal) => Tensor,
): Normal {
  const scale = add(softplus(rawScale), latentFloor);
  return {
    mean,
    rawScale,
    scale,
    sample: (noise, temperature) => {
      const spread = mul(scale, noise); // [..., Z]
      return add(mean, temperature === undefined ? spread : mul(spread, temperature));
    },
    logProb: (z) => normalLogDensity(z, mean, scale),
    kl: (other) => normalKl(mean, scale, other.mean, other.scale),
    orElse: (anything, other) =>
      normal(meanOrElse(anything, other), where(greater(anything, 0), rawScale, other.rawScale)),
  };
}

/** log p(z) − log q(z) of each entry. */
export const logPriorRatio = (z: Tensor, prior: Normal, posterior: Normal): Tensor =>
  sub(prior.logProb(z), posterior.logProb(z));
