/** Posteriors as networks tell them, with a flow behind where one is asked for. */
import type { LatentDistribution } from "../distributions/latent/distribution.ts";
import type { LatentFamily } from "../distributions/latent/family.ts";
import type { Net } from "../nn/net.ts";
import type { Parameter, Sizes } from "../nn/parameters.ts";
import { AutoregressiveFlow } from "./autoregressive-flow.ts";
import { LatentNetwork } from "./latent-network.ts";
import type { Tensors } from "./model.ts";

/** Whether a posterior is bent. */
export interface FlowSteps {
  /** Steps of an inverse autoregressive flow behind the posterior; none unless told. */
  readonly flow?: number | undefined;
}

/** What tells a posterior. */
export interface Inference {
  readonly parameters: readonly Parameter[];
  /** @param inputs `[..., ·]` by name @param prior whose mean it corrects, where it is residual */
  apply(net: Net, inputs: Tensors, prior?: LatentDistribution): LatentDistribution;
}

interface InferenceOptions extends FlowSteps {
  /** The widths of what it reads, by name. */
  readonly inputs: Sizes;
  readonly hidden: number;
  readonly latent: number;
  readonly family: LatentFamily;
  /** What its parameters are called; `posterior` unless told. */
  readonly name?: string;
}

/** A hidden layer and a distribution, then as many steps of a flow as are asked for, which read the same. */
export function inference({ name = "posterior", flow = 0, ...options }: InferenceOptions): Inference {
  const network = new LatentNetwork(name, options);
  const bend = flow > 0 ? new AutoregressiveFlow(`${name}.flow`, { ...options, steps: flow }) : undefined;
  return {
    parameters: [network, bend].flatMap((each) => each?.parameters ?? []),
    apply: (net, inputs, prior) => {
      const base = prior ? network.around(prior, net, inputs) : network.apply(net, inputs);
      return bend?.apply(net, base, inputs) ?? base;
    },
  };
}
