import { type Tensor, tanh } from "../graph/index.ts";
import type { State } from "./cells.ts";
import { Linear } from "./linear.ts";
import type { Net } from "./net.ts";
import { type Parameter, type Sizes, zeros } from "./parameters.ts";
import { splitByName } from "./parts.ts";

/**
 * A learned state to begin with, tanh(b + Σ cᵢ·Wᵢ): the same for all sequences without inputs c, computed from what is
 * known of a sequence with them.
 *
 * Parameters: `initial.bias` and a weight per input, as in `Linear`.
 */
export class InitialState {
  readonly parameters: readonly Parameter[];
  private readonly linear: Linear;
  private readonly parts: Sizes;

  /** @param parts the widths of the parts of the state that begin so */
  constructor(inputs: Sizes, parts: Sizes) {
    const size = Object.values(parts).reduce((all, width) => all + width, 0);
    this.parts = parts;
    this.linear = new Linear("initial", inputs, size, { bias: zeros });
    this.parameters = this.linear.parameters;
  }

  /** The state before the first step, `[B, width]` each (`[width]` without inputs). @param inputs `[B, size]` each */
  apply(net: Net, inputs: Readonly<Record<string, Tensor>>): State {
    return splitByName(tanh(this.linear.apply(net, inputs)), this.parts);
  }
}
