/**
 * A VRNN (Chung et al. 2015) of moving pictures: convolutions turn frames into features, for all steps at once and outside the
 * loop; transposed convolutions turn the state and z into a Bernoulli distribution for each pixel.
 */
import {
  bernoulliOver,
  Conv2d,
  ConvTranspose2d,
  type Emission,
  type EmissionContext,
  GRU,
  graph as g,
  Hidden,
  type LatentBlock,
  type LatentModel,
  Linear,
  type Net,
  type Normal,
  normal,
  type Observation,
  type Observed,
  type Parameter,
  residualNormal,
  type TransitionContext,
} from "vrnn";

export interface FrameVrnnOptions {
  /** The height and width of frames, a multiple of 4. */
  readonly side: number;
  /** H */
  readonly hidden: number;
  /** Z: latent variables a frame; with none of them it is a plain recurrent network. */
  readonly latent: number;
}

const [few, many] = [16, 32];
/** Halves a picture, or doubles it when transposed. */
const halving = { kernel: 4, stride: 2, padding: 1 } as const;

export class FrameVrnn implements LatentModel {
  readonly width: number;
  readonly observation: Observation;
  readonly state: { readonly h: readonly number[] };
  readonly latents: readonly LatentBlock[];
  readonly emission: Emission;
  readonly parameters: readonly Parameter[];
  readonly dropoutSites = {};
  private readonly side: number;
  /** [32, side/4, side/4] */
  private readonly small: readonly number[];
  private readonly encoder = [
    new Conv2d("encoder.0", 1, few, halving),
    new Conv2d("encoder.1", few, many, halving),
  ];
  private readonly phiX: Hidden;
  private readonly cell: GRU;
  private readonly decoder: Hidden;
  private readonly grow = new ConvTranspose2d("decoder.1", many, few, halving);
  private readonly pixels = new ConvTranspose2d("decoder.2", few, 1, halving);

  constructor({ side, hidden, latent }: FrameVrnnOptions) {
    const z: { readonly z?: number } = latent > 0 ? { z: latent } : {};
    const size = many * (side / 4) ** 2;
    this.side = side;
    this.width = side * side;
    this.observation = { dtype: "float32", shape: [side, side] };
    this.state = { h: [hidden] };
    this.small = [many, side / 4, side / 4];
    this.emission = bernoulliOver(Array<number>(this.width).fill(0.5));
    this.phiX = new Hidden("phi_x", { x: size }, hidden);
    this.cell = new GRU("cell", { x: hidden, ...z }, hidden);
    this.decoder = new Hidden("decoder.0", { h: hidden, ...z }, size);
    const prior = new Gaussian("prior", { h: hidden }, hidden, latent);
    const posterior = new Gaussian("posterior", { x: hidden, h: hidden }, hidden, latent);
    const block: LatentBlock = {
      name: "z",
      shape: [latent],
      at: "step",
      prior: (net, { state }) => normal(...prior.apply(net, state)),
      posterior: (net, { state, x, prior: base }): Normal =>
        residualNormal(base, ...posterior.apply(net, { ...x, ...state })),
    };
    this.latents = latent > 0 ? [block] : [];
    const { encoder, phiX, cell, decoder, grow, pixels } = this;
    const parts = [...encoder, phiX, cell, decoder, grow, pixels, ...(latent > 0 ? [prior, posterior] : [])];
    this.parameters = parts.flatMap(({ parameters }) => parameters);
  }

  features(net: Net, { values, mask }: Observed) {
    const lead = values.shape.slice(0, -1);
    const present = g.where(g.greater(mask, 0), values, 0); // [..., side·side]
    const frames = g.reshape(present, [...lead, 1, this.side, this.side]); // [..., 1, side, side]
    const seen = this.encoder.reduce((x, layer) => g.relu(layer.apply(net, x)), frames); // [..., 32, side/4, side/4]
    return { x: this.phiX.apply(net, { x: flat(seen, lead) }) }; // [..., H]
  }

  emissionParameters(net: Net, { state, z }: EmissionContext) {
    const hidden = this.decoder.apply(net, { ...state, ...z }); // [..., 32·side/4·side/4]
    const lead = hidden.shape.slice(0, -1);
    const grown = g.relu(this.grow.apply(net, g.reshape(hidden, [...lead, ...this.small]))); // [..., 16, side/2, side/2]
    return flat(this.pixels.apply(net, grown), lead); // [..., side·side]
  }

  transition(net: Net, { state, x, z }: TransitionContext) {
    return this.cell.step(net, { ...x, ...z }, state);
  }
}

const flat = (pictures: g.Tensor, lead: g.Shape): g.Tensor =>
  g.reshape(pictures, [
    ...lead,
    pictures.shape.slice(lead.length).reduce<number>((all, size) => all * Number(size), 1),
  ]);

/** A hidden layer, then the mean and the raw scale of a normal distribution. */
class Gaussian {
  readonly parameters: readonly Parameter[];
  private readonly hidden: Hidden;
  private readonly output: Linear;
  private readonly latent: number;

  constructor(name: string, inputs: Readonly<Record<string, number>>, hidden: number, latent: number) {
    this.hidden = new Hidden(`${name}.hidden`, inputs, hidden);
    this.output = new Linear(`${name}.output`, { hidden }, 2 * latent);
    this.latent = latent;
    this.parameters = [this.hidden, this.output].flatMap(({ parameters }) => parameters);
  }

  apply(net: Net, inputs: Readonly<Record<string, g.Tensor>>): readonly [mean: g.Tensor, rawScale: g.Tensor] {
    const both = this.output.apply(net, { hidden: this.hidden.apply(net, inputs) });
    return g.split(both, [this.latent, this.latent]) as [g.Tensor, g.Tensor]; // [..., Z] each
  }
}
