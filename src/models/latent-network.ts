import type { LatentDistribution } from "../distributions/latent/distribution.ts";
import type { LatentFamily } from "../distributions/latent/family.ts";
import { split, type Tensor } from "../graph/index.ts";
import { Hidden } from "../nn/hidden.ts";
import { Linear } from "../nn/linear.ts";
import type { Net } from "../nn/net.ts";
import type { Parameter, Sizes } from "../nn/parameters.ts";
import type { Tensors } from "./model.ts";

/** The widths of a network, and the family of what it tells. */
export interface LatentNetworkOptions {
  /** The widths of what it reads, by name. */
  readonly inputs: Sizes;
  readonly hidden: number;
  readonly latent: number;
  readonly family: LatentFamily;
  /** None unless told. */
  readonly layerNorm?: boolean;
  /** What the last layer is called, behind the network's own name; `out` unless told. */
  readonly output?: string;
}

/**
 * A hidden layer, then a distribution of latent variables: a prior or a posterior, of normal distributions Chung et al.
 * 2015, eq. 5 and 9.
 *
 * Parameters: those of the layers `<name>.hidden` and `<name>.out`.
 */
export class LatentNetwork {
  readonly parameters: readonly Parameter[];
  private readonly family: LatentFamily;
  private readonly hidden: Hidden;
  private readonly output: Linear;
  private readonly sizes: readonly number[];

  constructor(
    name: string,
    { inputs, hidden, latent, family, layerNorm = false, output = "out" }: LatentNetworkOptions,
  ) {
    this.family = family;
    this.sizes = Array<number>(family.parameters).fill(latent);
    this.hidden = new Hidden(`${name}.hidden`, inputs, hidden, layerNorm);
    this.output = new Linear(`${name}.${output}`, { hidden }, family.parameters * latent);
    this.parameters = [this.hidden, this.output].flatMap(({ parameters }) => parameters);
  }

  /** The distribution itself. @param inputs `[..., ·]` by name */
  apply(net: Net, inputs: Tensors): LatentDistribution {
    return this.family.of(...this.raw(net, inputs));
  }

  /** A distribution around the mean of another, such as the posterior's around that of its prior. */
  around(base: LatentDistribution, net: Net, inputs: Tensors): LatentDistribution {
    return this.family.around(base, ...this.raw(net, inputs));
  }

  /** `[..., Z]` for each parameter of the family. */
  private raw(net: Net, inputs: Tensors): [Tensor, ...Tensor[]] {
    const hidden = this.hidden.apply(net, inputs); // [..., H]
    return split(this.output.apply(net, { hidden }), this.sizes) as [Tensor, ...Tensor[]];
  }
}
