/** A model with one latent variable for the whole sequence, and its exact likelihood. */
import { gaussian, inverseSoftplus } from "../../src/distributions/gaussian.ts";
import { rawUnitScale } from "../../src/distributions/latent/family.ts";
import { normal } from "../../src/distributions/latent/normal.ts";
import { DEVIATION_FLOOR } from "../../src/distributions/resolution.ts";
import { add, concat, filledLike, mul, type Tensor } from "../../src/graph/index.ts";
import type { LatentModel } from "../../src/models/model.ts";
import { plainColumn } from "../data/temporary.ts";

export const LEVEL_NOISE = 0.5;

/** u ~ N(0, 1) once, x_t ~ N(u, 0.5²). The state counts steps, so that there is one. */
export function levelModel(): LatentModel {
  const rawScale = inverseSoftplus(LEVEL_NOISE - DEVIATION_FLOOR);
  const standard = (like: Tensor) => normal(filledLike(like, 0), filledLike(like, rawUnitScale));
  return {
    parameters: [{ name: "unused", shape: [1], initialise: () => {} }],
    width: 1,
    state: { steps: [1] },
    latents: [{ name: "u", shape: [1], at: "sequence", prior: (_, { given }) => standard(given["one"]!) }],
    emission: gaussian([plainColumn("x")]),
    dropoutSites: {},
    features: (_, { values }) => ({ x: values }),
    given: (net) => ({ slices: {}, fixed: { one: mul(net.weight("unused"), 0) } }),
    emissionParameters: (_, { z }) => concat([z["u"]!, filledLike(z["u"]!, rawScale)]),
    transition: (_, { state }) => ({ steps: add(state["steps"]!, 1) }),
  };
}

/** log p(x): each step given those before it, of which u is known as N(mean, 1 / precision). */
export function levelLogLikelihood(x: readonly number[]): number {
  let [mean, precision, nats] = [0, 1, 0];
  for (const value of x) {
    const variance = 1 / precision + LEVEL_NOISE ** 2;
    nats -= 0.5 * (Math.log(2 * Math.PI * variance) + (value - mean) ** 2 / variance);
    const seen = 1 / LEVEL_NOISE ** 2;
    mean = (precision * mean + seen * value) / (precision + seen);
    precision += seen;
  }
  return nats;
}
