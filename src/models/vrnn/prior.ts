import { type Normal, normal, rawUnitScale } from "../../distributions/normal.ts";
import { filledLike, type Tensor } from "../../graph/index.ts";
import { Hidden } from "../../nn/hidden.ts";
import { Linear } from "../../nn/linear.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter } from "../../nn/parameters.ts";
import { halves } from "../halves.ts";

/** What is expected of the latent variables before a step is seen. */
export interface Prior {
  readonly parameters: readonly Parameter[];
  /** @param inputs `h` `[B, H]`, and `c` `[B, H]` of a model with conditions */
  apply(net: Net, inputs: Readonly<Record<string, Tensor>>): Normal;
}

/** The widths of a prior. */
export interface PriorSizes {
  /** The widths of its inputs, `h` among them. */
  readonly inputs: Readonly<Record<string, number>>;
  readonly hidden: number;
  readonly latent: number;
  readonly layerNorm: boolean;
}

/** z ~ N(μ₀, diag σ₀²) given the state (Chung et al. 2015, eq. 5). */
class StatePrior implements Prior {
  readonly parameters: readonly Parameter[];
  private readonly hidden: Hidden;
  private readonly out: Linear;
  private readonly latent: number;

  constructor({ inputs, hidden, latent, layerNorm }: PriorSizes) {
    this.hidden = new Hidden("prior.hidden", inputs, hidden, layerNorm);
    this.out = new Linear("prior.out", { hidden }, 2 * latent);
    this.latent = latent;
    this.parameters = [...this.hidden.parameters, ...this.out.parameters];
  }

  apply(net: Net, inputs: Readonly<Record<string, Tensor>>): Normal {
    const hidden = this.hidden.apply(net, inputs); // [B, H]
    return normal(...halves(this.out.apply(net, { hidden }), this.latent));
  }
}

/** z ~ N(0, 1) at every step, whatever came before: the model VRNN-I of Chung et al. (2015), section 4. */
class StandardPrior implements Prior {
  readonly parameters: readonly Parameter[] = [];
  private readonly latent: number;

  constructor({ latent }: PriorSizes) {
    this.latent = latent;
  }

  apply(_: Net, { h }: Readonly<Record<string, Tensor>>): Normal {
    const { dtype, shape } = h as Tensor;
    const everywhere = (value: number) =>
      filledLike({ dtype, shape: [...shape.slice(0, -1), this.latent] }, value); // [B, Z]
    return normal(everywhere(0), everywhere(rawUnitScale));
  }
}

type PriorMaker = (sizes: PriorSizes) => Prior;

/** Every prior by its name on the command line. */
export const priors = {
  state: (sizes) => new StatePrior(sizes),
  standard: (sizes) => new StandardPrior(sizes),
} as const satisfies Record<string, PriorMaker>;

/** The name of a prior. */
export type PriorName = keyof typeof priors;
