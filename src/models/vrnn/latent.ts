import type { LatentDistribution } from "../../distributions/latent/distribution.ts";
import type { LatentFamily } from "../../distributions/latent/family.ts";
import type { Tensor } from "../../graph/index.ts";
import { Hidden } from "../../nn/hidden.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import { LatentNetwork } from "../latent-network.ts";
import type { LatentBlock, PosteriorContext, PriorContext, Tensors } from "../model.ts";
import { type Prior, type PriorName, priors } from "./prior.ts";

/** What a VRNN's latent variables are made of. */
export interface LatentOptions {
  /** What prior and posterior see of the past and of what is known, with the widths. */
  readonly visible: Sizes;
  /** The width of what the posterior reads of the step, `x`; that of the hidden layers unless told. */
  readonly reads?: number;
  readonly hidden: number;
  readonly latent: number;
  readonly family: LatentFamily;
  readonly prior: PriorName;
  readonly residual: boolean;
  readonly layerNorm: boolean;
  /** The values of `visible`, `[..., H]` each. */
  readonly see: (net: Net, context: Pick<PriorContext, "state" | "given">) => Tensors;
}

/** The latent variables of a VRNN: prior, posterior, and the features φ(z) of their draws. */
export class LatentLayers {
  readonly parameters: readonly Parameter[];
  readonly block: LatentBlock;
  private readonly options: LatentOptions;
  private readonly phiZ: Hidden;
  private readonly prior: Prior;
  private readonly inference: LatentNetwork;

  constructor(options: LatentOptions) {
    const { visible, hidden, latent, family, layerNorm, reads = hidden } = options;
    this.options = options;
    this.phiZ = new Hidden("phi_z", { z: latent }, hidden, layerNorm);
    const sizes = { hidden, latent, family, layerNorm };
    this.prior = priors[options.prior]({ inputs: visible, ...sizes });
    this.inference = new LatentNetwork("posterior", { inputs: { x: reads, ...visible }, ...sizes });
    const layers = [this.phiZ, this.prior, this.inference];
    this.parameters = layers.flatMap(({ parameters }) => parameters);
    this.block = {
      name: "z",
      shape: [latent],
      at: "step",
      normals: family.normals,
      prior: (net, context) => this.prior.apply(net, options.see(net, context)),
      posterior: (net, context) => this.posterior(net, context),
    };
  }

  /** φ(z), `[..., H]`. */
  features(net: Net, draws: Tensors): Tensor {
    return net.keep("z", this.phiZ.apply(net, { z: part(draws, "z") }));
  }

  /** z | x given x and the state, of a normal distribution N(μ, diag σ²), eq. (9). */
  private posterior(net: Net, { x, prior, ...context }: PosteriorContext): LatentDistribution {
    const { see, residual } = this.options;
    const inputs = { x: part(x, "x"), ...see(net, context) };
    return residual ? this.inference.around(prior, net, inputs) : this.inference.apply(net, inputs);
  }
}
