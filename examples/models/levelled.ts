/** A model of one or two levels of latent variables, for the example on them. */
import {
  type Dataset,
  emissionOf,
  graph as g,
  Hidden,
  type LatentBlock,
  type LatentModel,
  Linear,
  type Net,
  type Normal,
  normal,
  rawUnitScale,
} from "vrnn";

const H = 24; // hidden width
const Z = 1; // latent variables of each level

/** x_t | x_{t−1}, z_t with z_t | x_{t−1} of one level, or z_t | x_{t−1}, top_t of two. */
export function levelled({ columns }: Pick<Dataset, "columns">, levels: 1 | 2): LatentModel {
  const D = columns.length;
  const emission = emissionOf(columns);
  const above = levels === 2 ? { top: Z } : {};
  const priorHidden = new Hidden("prior.hidden", { last: D, ...above }, H);
  const priorOut = new Linear("prior.out", { hidden: H }, 2 * Z);
  const topHidden = new Hidden("top.hidden", { last: D, x: D }, H);
  const topOut = new Linear("top.out", { hidden: H }, 2 * Z);
  const posteriorHidden = new Hidden("posterior.hidden", { last: D, x: D, ...above }, H);
  const posteriorOut = new Linear("posterior.out", { hidden: H }, 2 * Z);
  const decoder = new Linear("decoder", { last: D, z: Z }, emission.width);
  const ofLayers = (
    net: Net,
    hidden: Hidden,
    out: Linear,
    inputs: Readonly<Record<string, g.Tensor>>,
  ): Normal => {
    const [location, scale] = g.split(out.apply(net, { hidden: hidden.apply(net, inputs) }), [Z, Z]);
    return normal(location!, scale!); // [..., Z]
  };
  const top: LatentBlock = {
    name: "top",
    shape: [Z],
    at: "step",
    prior: (_, { state }) => standard(state["last"]!),
    posterior: (net, { state, x }) => ofLayers(net, topHidden, topOut, { ...state, ...x }),
  };
  const bottom: LatentBlock = {
    name: "z",
    shape: [Z],
    at: "step",
    prior: (net, { state, above }) => ofLayers(net, priorHidden, priorOut, { ...state, ...above }),
    posterior: (net, { state, above, x }) =>
      ofLayers(net, posteriorHidden, posteriorOut, { ...state, ...above, ...x }),
  };
  const layers = [priorHidden, priorOut, posteriorHidden, posteriorOut, decoder];
  return {
    parameters: [...layers, ...(levels === 2 ? [topHidden, topOut] : [])].flatMap(
      ({ parameters }) => parameters,
    ),
    width: D,
    state: { last: [D] },
    latents: levels === 2 ? [top, bottom] : [bottom],
    emission,
    dropoutSites: {},
    features: (_, { values, mask }) => ({ x: g.where(g.greater(mask, 0), values, 0) }),
    emissionParameters: (net, { state, z }) => decoder.apply(net, { ...state, ...z }), // reads z, not top
    transition: (_, { x }) => ({ last: x["x"]! }),
  };
}

/** N(0, 1) in each variable. @param like `[..., D]` */
const standard = ({ dtype, shape }: g.Tensor): Normal => {
  const filled = (value: number) => g.filledLike({ dtype, shape: [...shape.slice(0, -1), Z] }, value);
  return normal(filled(0), filled(rawUnitScale));
};
