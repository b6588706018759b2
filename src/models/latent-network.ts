import type { LatentDistribution } from "../distributions/latent/distribution.ts";
import type { LatentFamily } from "../distributions/latent/family.ts";
import { Hidden } from "../nn/hidden.ts";
import type { Net } from "../nn/net.ts";
import type { Parameter, Sizes } from "../nn/parameters.ts";
import { LatentOutput } from "./latent-output.ts";
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
  private readonly hidden: Hidden;
  private readonly output: LatentOutput;

  constructor(
    name: string,
    { inputs, hidden, latent, family, layerNorm = false, output = "out" }: LatentNetworkOptions,
  ) {
    this.hidden = new Hidden(`${name}.hidden`, inputs, hidden, layerNorm);
    this.output = new LatentOutput(`${name}.${output}`, { hidden, latent, family });
    this.parameters = [this.hidden, this.output].flatMap(({ parameters }) => parameters);
  }

  /** The distribution itself. @param inputs `[..., ·]` by name */
  apply(net: Net, inputs: Tensors): LatentDistribution {
    return this.output.apply(net, this.hidden.apply(net, inputs)); // of [..., H]
  }

  /** A distribution around the mean of another, such as the posterior's around that of its prior. */
  around(base: LatentDistribution, net: Net, inputs: Tensors): LatentDistribution {
    return this.output.around(base, net, this.hidden.apply(net, inputs));
  }
}
