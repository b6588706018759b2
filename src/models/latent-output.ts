import type { LatentDistribution } from "../distributions/latent/distribution.ts";
import type { LatentFamily } from "../distributions/latent/family.ts";
import { split, type Tensor } from "../graph/index.ts";
import { Linear } from "../nn/linear.ts";
import type { Net } from "../nn/net.ts";
import type { Parameter } from "../nn/parameters.ts";

/** The widths of a layer, and what it gives the parameters of. */
export interface LatentOutputOptions {
  readonly hidden: number;
  readonly latent: number;
  readonly family: LatentFamily;
}

/** The last layer of a prior or posterior: from hidden values to a distribution of latent variables. */
export class LatentOutput {
  readonly parameters: readonly Parameter[];
  private readonly family: LatentFamily;
  private readonly layer: Linear;
  private readonly sizes: readonly number[];

  constructor(name: string, { hidden, latent, family }: LatentOutputOptions) {
    this.family = family;
    this.sizes = Array<number>(family.parameters).fill(latent);
    this.layer = new Linear(name, { hidden }, family.parameters * latent);
    this.parameters = this.layer.parameters;
  }

  /** The distribution itself. @param hidden `[..., H]` */
  apply(net: Net, hidden: Tensor): LatentDistribution {
    return this.family.of(...this.raw(net, hidden));
  }

  /** A distribution around the mean of another. @param hidden `[..., H]` */
  around(base: LatentDistribution, net: Net, hidden: Tensor): LatentDistribution {
    return this.family.around(base, ...this.raw(net, hidden));
  }

  /** `[..., Z]` for each parameter. */
  private raw(net: Net, hidden: Tensor): [Tensor, ...Tensor[]] {
    return split(this.layer.apply(net, { hidden }), this.sizes) as [Tensor, ...Tensor[]];
  }
}
