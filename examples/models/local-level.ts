/** A level that moves by steps of some distribution, seen through noise: for the example on steps that jump. */
import {
  type Column,
  emissionOf,
  graph as g,
  Hidden,
  type LatentFamily,
  type LatentModel,
  Linear,
  type Net,
  type Parameter,
} from "vrnn";

const H = 16; // hidden width of the posterior

/** A row of numbers, from 0 on. */
const row = (name: string, width: number): Parameter => ({ name, shape: [width], initialise: () => {} });

/** z_t | z_{t−1} around z_{t−1}, x_t | z_t ~ N(z_t, r²); q(z_t | x_t, z_{t−1}) lies between z_{t−1} and x_t. */
export function localLevel(column: Column, family: LatentFamily): LatentModel {
  const emission = emissionOf([column]); // a mean and a raw scale
  const hidden = new Hidden("posterior.hidden", { off: 1 }, H);
  const out = new Linear("posterior.out", { hidden: H }, family.parameters);
  const own = [row("step", family.parameters - 1), row("noise", 1)];
  const each = (like: g.Tensor, of: g.Tensor, i: number) =>
    g.add(g.filledLike(like, 0), g.slice(of, 0, i, i + 1)); // [..., 1]
  const stepShape = (net: Net, z: g.Tensor) =>
    Array.from({ length: family.parameters - 1 }, (_, i) => each(z, net.weight("step"), i));
  return {
    parameters: [hidden, out].flatMap(({ parameters }) => parameters).concat(own),
    width: 1,
    state: { z: [1] },
    latents: [
      {
        name: "z",
        shape: [1],
        at: "step",
        normals: family.normals,
        prior: (net, { state }) => family.of(state["z"]!, ...stepShape(net, state["z"]!)),
        posterior: (net, { x, prior }) => {
          const off = g.sub(x["x"]!, prior.mean);
          const raw = out.apply(net, { hidden: hidden.apply(net, { off }) });
          const [gain, ...rest] = g.split(raw, Array<number>(family.parameters).fill(1));
          return family.around(prior, g.mul(g.sigmoid(gain!), off), ...rest); // a share of the way to x
        },
      },
    ],
    emission,
    dropoutSites: {},
    features: (_, { values, mask }) => ({ x: g.where(g.greater(mask, 0), values, 0) }),
    emissionParameters: (net, { z }) => g.concat([z["z"]!, each(z["z"]!, net.weight("noise"), 0)]),
    transition: (_, { z }) => ({ z: z["z"]! }),
  };
}
