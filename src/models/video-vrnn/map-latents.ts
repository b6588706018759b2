import type { LatentDistribution } from "../../distributions/latent/distribution.ts";
import type { LatentFamily } from "../../distributions/latent/family.ts";
import { relu, reshape, split, type Tensor } from "../../graph/index.ts";
import { Conv2d, JoinedConv2d } from "../../nn/convolution.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import type { Tensors } from "../model.ts";

/** The channels of a network of maps, and the family of what it tells. */
export interface MapLatentOptions {
  /** The channels of the maps that it reads, by name. */
  readonly inputs: Sizes;
  readonly hidden: number;
  /** The channels of the latent variables. */
  readonly latent: number;
  readonly family: LatentFamily;
}

const sameSize = { kernel: 3, padding: 1 } as const;

/**
 * Two convolutions of maps, then a distribution of latent variables at each of their places: a prior or a posterior.
 *
 * Parameters: those of the layers `<name>.hidden` and `<name>.out`.
 */
export class MapLatents {
  readonly parameters: readonly Parameter[];
  private readonly family: LatentFamily;
  private readonly latent: number;
  private readonly hidden: JoinedConv2d;
  private readonly out: Conv2d;

  constructor(name: string, { inputs, hidden, latent, family }: MapLatentOptions) {
    this.family = family;
    this.latent = latent;
    this.hidden = new JoinedConv2d(`${name}.hidden`, inputs, hidden, sameSize);
    this.out = new Conv2d(`${name}.out`, hidden, family.parameters * latent, sameSize);
    this.parameters = [...this.hidden.parameters, ...this.out.parameters];
  }

  /** The distribution itself, `[..., latent·H·W]`. @param maps `[..., channels, H, W]` by name */
  apply(net: Net, maps: Tensors): LatentDistribution {
    return this.family.of(...this.raw(net, maps));
  }

  /** A distribution around the mean of another, such as the posterior's around that of its prior. */
  around(base: LatentDistribution, net: Net, maps: Tensors): LatentDistribution {
    return this.family.around(base, ...this.raw(net, maps));
  }

  /** `[..., latent·H·W]` for each parameter of the family. */
  private raw(net: Net, maps: Tensors): [Tensor, ...Tensor[]] {
    const told = this.out.apply(net, relu(this.hidden.apply(net, maps))); // [..., parameters·latent, H, W]
    const [channels, height, width] = told.shape.slice(-3) as [number, number, number];
    const sizes = Array<number>(channels / this.latent).fill(this.latent * height * width);
    const flat = reshape(told, [...told.shape.slice(0, -3), channels * height * width]);
    return split(flat, sizes) as [Tensor, ...Tensor[]];
  }
}
