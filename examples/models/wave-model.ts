/** A model with one latent variable for a whole sequence, for the example on it. */
import {
  type Dataset,
  emissionOf,
  GRU,
  graph as g,
  Hidden,
  type LatentModel,
  Linear,
  normal,
  rawUnitScale,
} from "vrnn";

const H = 48; // hidden width

/** u ~ N(0, 1) once, x_t | u and the time since the beginning, in eighths of a step; u | x by a network that reads all of x. */
export function waveModel({ columns }: Pick<Dataset, "columns">): LatentModel {
  const D = columns.length;
  const emission = emissionOf(columns);
  const reader = new GRU("reader", { x: D }, H);
  const posterior = new Linear("posterior", { h: H }, 2);
  const first = new Hidden("decoder.0", { u: 1, time: 1 }, H);
  const second = new Hidden("decoder.1", { hidden: H }, H);
  const decoder = new Linear("decoder.out", { hidden: H }, emission.width);
  return {
    parameters: [reader, posterior, first, second, decoder].flatMap(({ parameters }) => parameters),
    width: D,
    state: { time: [1] },
    latents: [
      {
        name: "u",
        shape: [1],
        at: "sequence",
        prior: (net) => {
          const zero = g.mul(net.weight("posterior.bias"), 0); // [2]
          const [mean, scale] = g.split(zero, [1, 1]);
          return normal(mean!, g.add(scale!, rawUnitScale));
        },
        posterior: (_, { evidence }) => normal(evidence["mean"]!, evidence["scale"]!), // [B, 1]
      },
    ],
    emission,
    dropoutSites: {},
    features: (_, { values, mask }) => ({ x: g.where(g.greater(mask, 0), values, 0) }),
    evidence: (net, { x, anything }) => {
      const from = g.mul(g.gatherRows(x["x"]!, g.scalar(0, "int64")), 0); // [B, D]
      const rest = g.matmul(from, g.constant(Array(D * H).fill(0), [D, H])); // [B, H]
      const { state } = g.scan({
        state: { h: rest },
        over: { x: x["x"]!, anything },
        step: ({ h }, { x, anything }) => {
          const read = reader.step(net, { x }, { h })["h"]!;
          return { state: { h: g.where(g.greater(anything, 0), read, h) }, outputs: {} }; // past the end nothing is read
        },
      });
      const [mean, scale] = g.split(posterior.apply(net, state), [1, 1]);
      return { slices: {}, fixed: { mean: mean!, scale: scale! } };
    },
    emissionParameters: (net, { state, z }) => {
      const hidden = second.apply(net, { hidden: first.apply(net, { u: z["u"]!, time: state["time"]! }) });
      return decoder.apply(net, { hidden }); // [B, width]
    },
    transition: (_, { state }) => ({ time: g.add(state["time"]!, 1 / 8) }),
  };
}
