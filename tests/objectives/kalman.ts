/** A linear Gaussian state space model as a graph, and its exact likelihood by a Kalman filter in float64. */
import { gaussian, inverseSoftplus } from "../../src/distributions/gaussian.ts";
import type { LatentDistribution } from "../../src/distributions/latent/distribution.ts";
import type { LatentFamily } from "../../src/distributions/latent/family.ts";
import { normalFamily } from "../../src/distributions/latent/normal.ts";
import { DEVIATION_FLOOR } from "../../src/distributions/resolution.ts";
import { add, concat, filledLike, mul, sub, type Tensor } from "../../src/graph/index.ts";
import type { LatentModel } from "../../src/models/model.ts";
import { values } from "../../src/nn/parameters.ts";
import { Random } from "../../src/random/generator.ts";
import { plainColumn } from "../data/temporary.ts";

/** z_t = a·z_{t−1} + q·ε_t, x_t = z_t + r·η_t, with z_0 = 0. */
export interface StateSpace {
  readonly a: number;
  readonly q: number;
  readonly r: number;
}

/** What is known of z after a step: its mean and variance, before the step and after it, and log p(x_t | x_<t). */
export interface Filtered {
  readonly before: { readonly mean: number; readonly variance: number };
  readonly after: { readonly mean: number; readonly variance: number };
  readonly nats: number;
}

/** The filter of Kalman 1960; NaN is missing. */
export function kalmanFilter({ a, q, r }: StateSpace, x: readonly number[]): Filtered[] {
  let known = { mean: 0, variance: 0 };
  return x.map((value) => {
    const before = { mean: a * known.mean, variance: a ** 2 * known.variance + q ** 2 };
    if (Number.isNaN(value)) {
      known = before;
      return { before, after: before, nats: 0 };
    }
    const spread = before.variance + r ** 2;
    const gain = before.variance / spread;
    const off = value - before.mean;
    known = { mean: before.mean + gain * off, variance: (1 - gain) * before.variance };
    return { before, after: known, nats: -0.5 * (Math.log(2 * Math.PI * spread) + off ** 2 / spread) };
  });
}

/** log p(x) */
export const kalmanLogLikelihood = (process: StateSpace, x: readonly number[]): number =>
  kalmanFilter(process, x).reduce((all, { nats }) => all + nats, 0);

/** A sequence that it made. */
export function drawFrom({ a, q, r }: StateSpace, length: number, seed: number): number[] {
  const random = Random.stream(seed, "state space");
  let z = 0;
  return Array.from({ length }, () => {
    z = a * z + q * random.normal();
    return z + r * random.normal();
  });
}

/** How much of the way from the prediction to the observation the proposal goes; the best would be q²/(q² + r²). */
const GAIN = 0.3;

/** A family whose only parameters are mean and scale, and that of the proposal where it is another. */
export interface StepFamilies {
  readonly prior: LatentFamily;
  readonly posterior?: LatentFamily;
}

/**
 * The model with a proposal that is right in kind and wrong in size, so that bounds differ. Its one parameter is a. Its
 * steps are of scale q, normal unless told.
 */
export function stateSpaceModel(
  { a, q, r }: StateSpace,
  columns = [plainColumn("x")],
  { prior: family, posterior: proposal = family }: StepFamilies = { prior: normalFamily },
): LatentModel {
  const rawScale = inverseSoftplus(r - DEVIATION_FLOOR);
  const around = (of: LatentFamily, mean: Tensor, scale: number): LatentDistribution =>
    of.of(mean, filledLike(mean, inverseSoftplus(scale - 1e-4)));
  return {
    parameters: [{ name: "a", shape: [1], initialise: values([a]) }],
    width: 1,
    state: { z: [1] },
    latents: [
      {
        name: "z",
        shape: [1],
        at: "step",
        normals: Math.max(family.normals, proposal.normals),
        prior: (net, { state }) => around(family, mul(state["z"]!, net.weight("a")), q),
        posterior: (_, { x, prior }) =>
          around(proposal, add(prior.mean, mul(sub(x["x"]!, prior.mean), GAIN)), 0.9 * q),
      },
    ],
    emission: gaussian(columns),
    dropoutSites: {},
    features: (_, { values: x }) => ({ x }),
    emissionParameters: (_, { z }) => concat([z["z"]!, filledLike(z["z"]!, rawScale)]),
    transition: (_, { z }) => ({ z: z["z"]! }),
  };
}
