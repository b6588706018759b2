/** A linear Gaussian state space model, and its exact likelihood: for the example on particles. */
import { type Column, emissionOf, graph as g, type LatentModel, latentFamilies, Random } from "vrnn";

/** z_t = A·z_{t−1} + Q·ε_t from z_0 = 0, x_t = z_t + R·η_t. */
export const A = 0.9;
const [Q, R] = [0.5, 0.4];

/** How far the posterior goes from the prior's mean to x_t: too little, and with too small a scale, so that bounds differ. */
const [GAIN, SCALE] = [0.3, 0.45];

/** What softplus makes a scale of, with the least scale of 1e-4 under it. */
const rawOf = (scale: number): number => Math.log(Math.expm1(scale - 1e-4));

/** Its one weight is A. The column is in units of its own: of mean 0 and deviation 1. */
export function linearGaussian(column: Column): LatentModel {
  const around = (mean: g.Tensor, scale: number) =>
    latentFamilies.normal.of(mean, g.filledLike(mean, rawOf(scale)));
  return {
    parameters: [{ name: "a", shape: [1], initialise: (weights) => weights.fill(A) }],
    width: 1,
    state: { z: [1] },
    latents: [
      {
        name: "z",
        shape: [1],
        at: "step",
        normals: latentFamilies.normal.normals,
        prior: (net, { state }) => around(g.mul(state["z"]!, net.weight("a")), Q),
        posterior: (_, { x, prior }) =>
          around(g.add(prior.mean, g.mul(g.sub(x["x"]!, prior.mean), GAIN)), SCALE),
      },
    ],
    emission: emissionOf([column]),
    dropoutSites: {},
    features: (_, { values }) => ({ x: values }),
    emissionParameters: (_, { z }) => g.concat([z["z"]!, g.filledLike(z["z"]!, rawOf(R))]),
    transition: (_, { z }) => ({ z: z["z"]! }),
  };
}

/** A sequence that it made. */
export function drawn(steps: number, seed: number): number[] {
  const random = Random.stream(seed, "linear Gaussian");
  let z = 0;
  return Array.from({ length: steps }, () => {
    z = A * z + Q * random.normal();
    return z + R * random.normal();
  });
}

/** log p(x), by the filter of Kalman (1960). */
export function exactLogLikelihood(x: readonly number[]): number {
  let [mean, variance, nats] = [0, 0, 0];
  for (const value of x) {
    const [expected, before] = [A * mean, A ** 2 * variance + Q ** 2];
    const spread = before + R ** 2;
    nats -= 0.5 * (Math.log(2 * Math.PI * spread) + (value - expected) ** 2 / spread);
    const gain = before / spread;
    [mean, variance] = [expected + gain * (value - expected), (1 - gain) * before];
  }
  return nats;
}
