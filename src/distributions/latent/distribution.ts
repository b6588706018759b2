/**
 * Distributions of latent variables: what a block of them asks of its prior and posterior. All randomness is the standard
 * normal numbers that are fed as `noise`, so that a seed means the same on every runtime.
 */
import { greater, neg, sub, type Tensor, where } from "../../graph/index.ts";

/**
 * A distribution of independent latent variables, `[..., Z]`.
 *
 * What else is random is made of normal numbers: (a² + b²)/2 of two is exponential, e^(−(a² + b²)/2) uniform on (0, 1).
 */
export interface LatentDistribution {
  /** `[..., Z]` */
  readonly mean: Tensor;
  readonly standardDeviation: Tensor;
  /** How many standard normal numbers the draw of one variable takes. */
  readonly normals: number;
  /**
   * A draw, `[..., Z]`, as a function of the noise that is differentiable in the parameters. Noise of 0 gives the mean.
   *
   * @param noise `[..., n·Z]`, n ≥ `normals`: the first number of each variable, then the second of each, and so on
   * @param temperature scalar τ, the draw is mean + τ·(z − mean): 1, the distribution itself, unless told; less is tamer
   */
  sample(noise: Tensor, temperature?: Tensor): Tensor;
  /** The log density of each entry, `[..., Z]`. */
  logProb(z: Tensor): Tensor;
  /**
   * KL(this ‖ other) of each entry in nats, `[..., Z]`, where the two have one in closed form. Absent or undefined, the
   * divergence is told by the one draw that was made, log q(z) − log p(z), whose expectation it is.
   */
  kl?(other: LatentDistribution): Tensor | undefined;
  /**
   * This distribution where anything was observed, another elsewhere, where a choice of parameters is enough. Absent or
   * undefined, both are computed and one is chosen.
   *
   * @param anything float `[..., 1]`, 1 or 0
   */
  orElse?(anything: Tensor, other: LatentDistribution): LatentDistribution | undefined;
}

/** log p(z) − log q(z) of each entry. */
export const logPriorRatio = (z: Tensor, prior: LatentDistribution, posterior: LatentDistribution): Tensor =>
  sub(prior.logProb(z), posterior.logProb(z));

/** KL(posterior ‖ prior) of each entry: in closed form, or as the draw tells it. @param ratio log p(z) − log q(z) of the draw */
export const divergence = (prior: LatentDistribution, posterior: LatentDistribution, ratio: Tensor): Tensor =>
  posterior.kl?.(prior) ?? neg(ratio);

/** The posterior where anything was observed, the prior elsewhere. @param anything float `[..., 1]`, 1 or 0 */
export const whereObserved = (
  anything: Tensor,
  posterior: LatentDistribution,
  prior: LatentDistribution,
): LatentDistribution => posterior.orElse?.(anything, prior) ?? either(anything, posterior, prior);

/** One of two distributions of any kinds, row by row. */
function either(anything: Tensor, first: LatentDistribution, second: LatentDistribution): LatentDistribution {
  const choose = (a: Tensor, b: Tensor | number): Tensor => where(greater(anything, 0), a, b);
  return {
    mean: choose(first.mean, second.mean),
    standardDeviation: choose(first.standardDeviation, second.standardDeviation),
    normals: Math.max(first.normals, second.normals),
    sample: (noise, temperature) =>
      choose(first.sample(noise, temperature), second.sample(noise, temperature)),
    logProb: (z) => choose(first.logProb(z), second.logProb(z)),
    kl: (other) => {
      const kl = other === second ? first.kl?.(second) : undefined;
      return kl && choose(kl, 0);
    },
  };
}
