/**
 * A model of one's own in a page: a stochastic recurrent network whose latent variable has a fixed prior N(0, 1)
 * (STORN; Bayer and Osendorfer, "Learning Stochastic Recurrent Networks", 2014). It states its distributions at one
 * moment; scoring, the bound, training, sampling, forecasts, streams and export come with the contract.
 */
import {
  type Cell,
  type Column,
  type Emission,
  type EmissionContext,
  emissionOf,
  GRU,
  graph as g,
  InputEncoder,
  type LatentBlock,
  type LatentModel,
  Linear,
  type Net,
  type Normal,
  normal,
  type Observed,
  type PosteriorContext,
  rawUnitScale,
  type TransitionContext,
} from "vrnn";

export class Storn implements LatentModel {
  readonly width: number;
  readonly state: { readonly h: readonly number[] };
  readonly latents: readonly LatentBlock[];
  readonly emission: Emission;
  readonly dropoutSites = {};
  private readonly encoder: InputEncoder;
  private readonly inference: Linear;
  private readonly cell: Cell;
  private readonly decoder: Linear;

  constructor(columns: readonly Column[], hidden: number, latent: number) {
    this.width = columns.length;
    this.state = { h: [hidden] };
    this.emission = emissionOf(columns);
    this.encoder = new InputEncoder(columns);
    this.inference = new Linear("posterior", { x: this.encoder.width, h: hidden }, 2 * latent);
    this.cell = new GRU("cell", { x: this.encoder.width, z: latent }, hidden);
    this.decoder = new Linear("decoder", { z: latent, h: hidden }, this.emission.width);
    this.latents = [
      {
        name: "z",
        shape: [latent],
        at: "step",
        prior: (_, { state }) => standardNormal(state["h"]!, latent),
        posterior: (net, context) => this.posterior(net, context, latent),
      },
    ];
  }

  get parameters() {
    return [this.inference, this.cell, this.decoder].flatMap(({ parameters }) => parameters);
  }

  features(_: Net, { values, mask }: Observed) {
    return { x: this.encoder.encode(values, mask) };
  }

  emissionParameters(net: Net, { state, z }: EmissionContext) {
    return this.decoder.apply(net, { ...z, ...state }); // [..., width]
  }

  transition(net: Net, { state, x, z }: TransitionContext) {
    return this.cell.step(net, { ...x, ...z }, state);
  }

  private posterior(net: Net, { state, x }: PosteriorContext, latent: number): Normal {
    const [mean, scale] = g.split(this.inference.apply(net, { ...x, ...state }), [latent, latent]);
    return normal(mean!, scale!); // [..., Z]
  }
}

/** N(0, 1) in each latent variable. @param like `[..., H]` */
function standardNormal({ dtype, shape }: g.Tensor, latent: number): Normal {
  const filled = (value: number) => g.filledLike({ dtype, shape: [...shape.slice(0, -1), latent] }, value);
  return normal(filled(0), filled(rawUnitScale)); // [..., Z]
}
