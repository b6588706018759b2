/**
 * A VRNN (Chung et al. 2015) of moving pictures: convolutions turn frames into features, for all steps at once and outside the
 * loop; transposed convolutions turn the state and z into a distribution for each pixel.
 */
import type { Emission } from "../../distributions/emission.ts";
import { type LatentFamilyName, latentFamilies } from "../../distributions/latent/families.ts";
import { add, constant, type Dim, greater, relu, reshape, type Tensor, where } from "../../graph/index.ts";
import { GRU } from "../../nn/cells.ts";
import { Conv2d, ConvTranspose2d } from "../../nn/convolution.ts";
import { Hidden } from "../../nn/hidden.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { requireLatents } from "../latent-family.ts";
import { LatentNetwork } from "../latent-network.ts";
import type {
  EmissionContext,
  LatentBlock,
  LatentModel,
  Observation,
  Observed,
  Tensors,
  TransitionContext,
} from "../model.ts";
import { channelsFirst, type Frame, frameOf, type PixelLayout, perPixel, pixelEmission } from "./pixels.ts";

/** The shape of a VRNN of frames. */
export interface FrameVrnnOptions {
  /** `[H, W]` or `[H, W, C]`; height and width are multiples of 4. */
  readonly shape: readonly number[];
  /** How many values a pixel can take: 2, or the 256 of a byte, spread over 0 to 1; 2 unless told. */
  readonly levels?: number;
  /** H: the width of hidden layers and of the recurrent state. */
  readonly hidden: number;
  /** Z: latent variables a frame; with none of them it is a plain recurrent network. */
  readonly latent: number;
  /** The distribution of prior and posterior; `normal` unless told. */
  readonly latentFamily?: LatentFamilyName;
  /** Channels of the first convolution, and half those of the second; 16 unless told. */
  readonly channels?: number;
}

/** Halves a picture, or doubles it when transposed. */
const halving = { kernel: 4, stride: 2, padding: 1 } as const;

/**
 * @example
 * const model = new FrameVrnn({ shape: [16, 16], hidden: 128, latent: 16 });
 * model.width; // 256 pixels
 *
 * @throws VrnnError `model/frames` for a shape that cannot be halved twice, `model/latents` when a family is told of
 * latent variables that it has none of
 */
export class FrameVrnn implements LatentModel {
  readonly width: number;
  readonly observation: Observation;
  readonly state: { readonly h: readonly number[] };
  readonly latents: readonly LatentBlock[];
  readonly emission: Emission;
  readonly parameters: readonly Parameter[];
  readonly dropoutSites = {};
  /** [H, W, C] */
  private readonly frame: Frame;
  private readonly layout: PixelLayout;
  /** [2·channels, H/4, W/4] */
  private readonly small: readonly number[];
  private readonly encoder: readonly Conv2d[];
  private readonly phiX: Hidden;
  private readonly cell: GRU;
  private readonly decoder: Hidden;
  private readonly grow: ConvTranspose2d;
  private readonly pixels: ConvTranspose2d;

  constructor(options: FrameVrnnOptions) {
    const { shape, levels = 2, hidden, latent, latentFamily = "normal", channels = 16 } = options;
    requireLatents(latent, latentFamily);
    this.frame = frameOf(shape, 2);
    const [height, width, colours] = this.frame;
    const z: Sizes = latent > 0 ? { z: latent } : {};
    const many = 2 * channels;
    this.small = [many, height / 4, width / 4];
    const size = productOf(this.small);
    this.width = height * width * colours;
    this.observation = { dtype: "float32", shape };
    this.state = { h: [hidden] };
    const { emission, layout } = pixelEmission(this.width, levels);
    this.emission = emission;
    this.layout = layout;
    this.encoder = [
      new Conv2d("encoder.0", colours, channels, halving),
      new Conv2d("encoder.1", channels, many, halving),
    ];
    this.phiX = new Hidden("phi_x", { x: size }, hidden);
    this.cell = new GRU("cell", { x: hidden, ...z }, hidden);
    this.decoder = new Hidden("decoder.0", { h: hidden, ...z }, size);
    this.grow = new ConvTranspose2d("decoder.1", many, channels, halving);
    this.pixels = new ConvTranspose2d(
      "decoder.2",
      channels,
      layout.groups * layout.components * colours,
      halving,
    );
    const family = latentFamilies[latentFamily];
    const sizes = { hidden, latent, family, output: "output" };
    const prior = new LatentNetwork("prior", { inputs: { h: hidden }, ...sizes });
    const posterior = new LatentNetwork("posterior", { inputs: { x: hidden, h: hidden }, ...sizes });
    const block: LatentBlock = {
      name: "z",
      shape: [latent],
      at: "step",
      normals: family.normals,
      prior: (net, { state }) => prior.apply(net, state),
      posterior: (net, { state, x, prior: base }) => posterior.around(base, net, { ...x, ...state }),
    };
    this.latents = latent > 0 ? [block] : [];
    const { encoder, phiX, cell, decoder, grow, pixels } = this;
    const parts = [...encoder, phiX, cell, decoder, grow, pixels, ...(latent > 0 ? [prior, posterior] : [])];
    this.parameters = parts.flatMap(({ parameters }) => parameters);
  }

  /** φ(x), `[..., hidden]`. */
  features(net: Net, { values, mask }: Observed): Tensors {
    const lead = values.shape.slice(0, -1);
    const present = where(greater(mask, 0), values, 0); // [..., H·W·C]
    const frames = channelsFirst(reshape(present, [...lead, ...this.frame])); // [..., C, H, W]
    const seen = this.encoder.reduce((x, layer) => relu(layer.apply(net, x)), frames); // [..., 2·channels, H/4, W/4]
    return { x: this.phiX.apply(net, { x: reshape(seen, [...lead, productOf(this.small)]) }) };
  }

  /** `[..., width of the emission]` */
  emissionParameters(net: Net, { state, z }: EmissionContext): Tensor {
    const hidden = this.decoder.apply(net, { ...state, ...z }); // [..., 2·channels·H/4·W/4]
    const lead = hidden.shape.slice(0, -1);
    const grown = relu(this.grow.apply(net, reshape(hidden, [...lead, ...this.small]))); // [..., channels, H/2, W/2]
    const raw = perPixel(this.pixels.apply(net, grown), this.layout, this.frame);
    return add(raw, constant(this.emission.initialBias, [this.emission.width]));
  }

  transition(net: Net, { state, x, z }: TransitionContext) {
    return this.cell.step(net, { ...x, ...z }, state);
  }
}

const productOf = (sizes: readonly Dim[]): number =>
  sizes.reduce<number>((all, size) => all * Number(size), 1);
