import { filledLike, greater, split, type Tensor, tanh, where } from "../graph/index.ts";
import type { State } from "./cells.ts";
import { Linear } from "./linear.ts";
import { type Parameter, type Sizes, type Weights, zeros } from "./parameters.ts";

/** The part of the state that tells whether a sequence has begun, `[B, 1]`: 0 before its first step, then 1. */
const begun = "begun";

/**
 * A learned state to begin with, tanh(b + Σ cᵢ·Wᵢ): the same for all sequences without inputs c, computed from what is
 * known of a sequence with them. Whoever runs the model still starts from a state of zeros: the part `begun` tells the
 * model's first step to put in its own.
 *
 * Parameters: `initial.bias` and a weight per input, as in `Linear`.
 */
export class InitialState {
  readonly parameters: readonly Parameter[];
  readonly stateSizes: Sizes = { [begun]: 1 };
  private readonly linear: Linear;
  private readonly parts: Sizes;

  /** @param parts the widths of the parts of the state that begin so */
  constructor(inputs: Sizes, parts: Sizes) {
    const size = Object.values(parts).reduce((all, width) => all + width, 0);
    this.parts = parts;
    this.linear = new Linear("initial", inputs, size, { bias: zeros });
    this.parameters = this.linear.parameters;
  }

  /** The state to take the next step from. @param inputs `[B, size]` each */
  before(weights: Weights, state: State, inputs: Readonly<Record<string, Tensor>>): State {
    const starts = split(tanh(this.linear.apply(weights, inputs)), Object.values(this.parts)); // [B, width] each
    const hasBegun = greater(state[begun] as Tensor, 0); // [B, 1]
    const parts = Object.keys(this.parts).map((part, i) => [
      part,
      where(hasBegun, state[part] as Tensor, starts[i] as Tensor),
    ]);
    return { ...state, ...Object.fromEntries(parts) };
  }

  /** What a step adds to the state after it. */
  after(state: State): State {
    return { [begun]: filledLike(state[begun] as Tensor, 1) };
  }
}
