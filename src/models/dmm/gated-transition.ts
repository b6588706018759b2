import type { LatentDistribution } from "../../distributions/latent/distribution.ts";
import type { LatentFamily } from "../../distributions/latent/family.ts";
import { add, mul, relu, sigmoid, split, sub, type Tensor } from "../../graph/index.ts";
import { Hidden } from "../../nn/hidden.ts";
import { Linear } from "../../nn/linear.ts";
import type { Net } from "../../nn/net.ts";
import type { Initialiser, Parameter, Sizes } from "../../nn/parameters.ts";
import type { Tensors } from "../model.ts";

interface TransitionSizes {
  /** The widths of what is known of each step. */
  readonly known: Sizes;
  readonly hidden: number;
  readonly latent: number;
  readonly family: LatentFamily;
}

/**
 * z_t | z_{t−1} that is linear where a gate is shut and free where it is open (Krishnan, Shalit and Sontag 2017, section 5): g = σ(MLP(z)),
 * h = MLP(z), μ = (1 − g)∘(z·W + b) + g∘h, and the scale from the rectified h. W begins as the identity.
 */
export class GatedTransition {
  readonly parameters: readonly Parameter[];
  private readonly family: LatentFamily;
  private readonly latent: number;
  private readonly gateHidden: Hidden;
  private readonly gate: Linear;
  private readonly proposedHidden: Hidden;
  private readonly proposed: Linear;
  private readonly linear: Linear;
  private readonly scale: Linear;

  constructor({ known, hidden, latent, family }: TransitionSizes) {
    this.family = family;
    this.latent = latent;
    const inputs = { z: latent, ...known };
    this.gateHidden = new Hidden("prior.gate.hidden", inputs, hidden);
    this.gate = new Linear("prior.gate.out", { hidden }, latent);
    this.proposedHidden = new Hidden("prior.proposed.hidden", inputs, hidden);
    this.proposed = new Linear("prior.proposed.out", { hidden }, latent);
    this.linear = new Linear("prior.linear", { z: latent }, latent, {
      weights: () => identity(latent),
      bias: (values) => void values.fill(0),
    });
    this.scale = new Linear("prior.scale", { proposed: latent }, (family.parameters - 1) * latent);
    const layers = [this.gateHidden, this.gate, this.proposedHidden, this.proposed, this.linear, this.scale];
    this.parameters = layers.flatMap(({ parameters }) => parameters);
  }

  /** @param inputs z_{t−1} as `z` `[..., Z]`, and what is known */
  apply(net: Net, inputs: Tensors): LatentDistribution {
    const { z } = inputs as { readonly z: Tensor };
    const gate = sigmoid(this.gate.apply(net, { hidden: this.gateHidden.apply(net, inputs) })); // [..., Z]
    const proposed = this.proposed.apply(net, { hidden: this.proposedHidden.apply(net, inputs) }); // [..., Z]
    const straight = this.linear.apply(net, { z }); // [..., Z]
    const mean = add(mul(sub(1, gate), straight), mul(gate, proposed));
    const raw = this.scale.apply(net, { proposed: relu(proposed) }); // [..., (parameters − 1)·Z]
    return this.family.of(mean, ...split(raw, Array<number>(this.family.parameters - 1).fill(this.latent)));
  }
}

const identity =
  (size: number): Initialiser =>
  (values) => {
    for (let i = 0; i < size; i++) values[i * size + i] = 1;
  };
