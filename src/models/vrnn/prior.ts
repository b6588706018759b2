import type { LatentDistribution } from "../../distributions/latent/distribution.ts";
import type { LatentFamily } from "../../distributions/latent/family.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import { LatentNetwork } from "../latent-network.ts";

/** What is expected of the latent variables before a step is seen. */
export interface Prior {
  readonly parameters: readonly Parameter[];
  /** @param inputs `h` `[B, H]`, and `c` `[B, H]` of a model with conditions */
  apply(net: Net, inputs: Readonly<Record<string, Tensor>>): LatentDistribution;
}

/** The widths of a prior, and its kind. */
export interface PriorOptions {
  /** The widths of its inputs, `h` among them. */
  readonly inputs: Readonly<Record<string, number>>;
  readonly hidden: number;
  readonly latent: number;
  readonly layerNorm: boolean;
  readonly family: LatentFamily;
}

/**
 * z of mean 0 and scale 1 at every step, whatever came before: of a normal distribution the model VRNN-I of Chung et al.
 * (2015), section 4.
 */
const standardPrior = ({ latent, family }: PriorOptions): Prior => ({
  parameters: [],
  apply: (_, inputs) => {
    const { dtype, shape } = part(inputs, "h");
    return family.standard({ dtype, shape: [...shape.slice(0, -1), latent] }); // [B, Z]
  },
});

type PriorMaker = (options: PriorOptions) => Prior;

/** Every prior by its name on the command line. */
export const priors = {
  /** z ~ p(z; μ₀, σ₀, …) given the state. */
  state: (options) => new LatentNetwork("prior", options),
  standard: standardPrior,
} as const satisfies Record<string, PriorMaker>;

/** The name of a prior. */
export type PriorName = keyof typeof priors;
