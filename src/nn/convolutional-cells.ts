/** Recurrent cells whose state is a picture: the gates of `cells.ts` with convolutions in the place of products. */
import { add, mul, sigmoid, split, sub, type Tensor, tanh } from "../graph/index.ts";
import type { State } from "./cells.ts";
import { Conv2d, JoinedConv2d } from "./convolution.ts";
import type { Net } from "./net.ts";
import type { Parameter, Sizes } from "./parameters.ts";
import { part } from "./parts.ts";

/** The kernel of all gates; padding keeps the size of the pictures. */
const gateKernel = { kernel: 3, padding: 1 } as const;

/** Along which `[..., channels, H, W]` has its gates. */
const CHANNELS = -3;

/** What convolutional cells share: Σ xᵢ∗Wᵢ + b of what comes from outside, and h∗U + c. */
abstract class ConvolutionalCell {
  readonly parameters: readonly Parameter[];
  /** The channels of each part of the state; `h` is the part that others see. */
  readonly stateSizes: Sizes;
  protected readonly hidden: number;
  protected readonly inputs: JoinedConv2d;
  protected readonly recurrent: Conv2d;

  protected constructor(
    name: string,
    inputs: Sizes,
    hidden: number,
    { gates, state }: { readonly gates: number; readonly state: readonly string[] },
  ) {
    this.hidden = hidden;
    this.inputs = new JoinedConv2d(name, inputs, gates * hidden, gateKernel);
    this.recurrent = new Conv2d(`${name}.h`, hidden, gates * hidden, gateKernel);
    this.parameters = [...this.inputs.parameters, ...this.recurrent.parameters];
    this.stateSizes = Object.fromEntries(state.map((each) => [each, hidden]));
  }

  /** The state after a step. @param inputs `[..., channels, H, W]` each @param state `[..., hidden, H, W]` each */
  abstract step(net: Net, inputs: Readonly<Record<string, Tensor>>, state: State): State;
}

/**
 * The convolutional gated recurrent unit (Ballas, Yao, Pal and Courville 2016, eq. 2 to 5) with the reset gate behind the
 * convolution, as `GRU` has it: r = σ(x∗Wᵣ + h∗Uᵣ), u = σ(x∗Wᵤ + h∗Uᵤ), n = tanh(x∗Wₙ + r∘(h∗Uₙ)), h' = (1 − u)∘n + u∘h.
 *
 * Parameters: `<name>.<input>.weight` `[3H, channels, 3, 3]`, `<name>.bias` `[3H]`, `<name>.h.weight` `[3H, H, 3, 3]`,
 * `<name>.h.bias` `[3H]`, gates in the order r, u, n.
 *
 * @example
 * const cell = new ConvGru("cell", { x: 96, z: 16 }, 96);
 * cell.step(net, { x, z }, { h })["h"].toString(); // "float32[B, 96, 10, 15]" of maps of 10 × 15
 */
export class ConvGru extends ConvolutionalCell {
  constructor(name: string, inputs: Sizes, hidden: number) {
    super(name, inputs, hidden, { gates: 3, state: ["h"] });
  }

  override step(net: Net, inputs: Readonly<Record<string, Tensor>>, state: State): State {
    const { hidden } = this;
    const h = part(state, "h"); // [..., H, rows, columns]
    const apart = (gates: Tensor) => split(gates, [2 * hidden, hidden], CHANNELS) as [Tensor, Tensor];
    const [xGates, xCandidate] = apart(this.inputs.apply(net, inputs));
    const [hGates, hCandidate] = apart(this.recurrent.apply(net, h));
    const gates = sigmoid(add(xGates, hGates)); // [..., 2H, rows, columns]
    const [reset, update] = split(gates, [hidden, hidden], CHANNELS) as [Tensor, Tensor];
    const candidate = tanh(add(xCandidate, mul(reset, hCandidate)));
    return { h: add(candidate, mul(update, sub(h, candidate))) };
  }
}

/**
 * Convolutional long short-term memory (Shi et al. 2015, eq. 3, without peepholes), gates in the order i, f, g, o:
 * c' = σ(f)∘c + σ(i)∘tanh(g), h' = σ(o)∘tanh(c').
 *
 * Parameters: as of `ConvGru`, with 4H for 3H.
 *
 * @example
 * new ConvLstm("cell", { x: 96 }, 64).stateSizes; // { h: 64, c: 64 }
 */
export class ConvLstm extends ConvolutionalCell {
  constructor(name: string, inputs: Sizes, hidden: number) {
    super(name, inputs, hidden, { gates: 4, state: ["h", "c"] });
  }

  override step(net: Net, inputs: Readonly<Record<string, Tensor>>, state: State): State {
    const { hidden } = this;
    const gates = add(this.inputs.apply(net, inputs), this.recurrent.apply(net, part(state, "h")));
    const [inputForget, candidate, output] = split(gates, [2 * hidden, hidden, hidden], CHANNELS) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const [admit, keep] = split(sigmoid(inputForget), [hidden, hidden], CHANNELS) as [Tensor, Tensor];
    const memory = add(mul(keep, part(state, "c")), mul(admit, tanh(candidate))); // [..., H, rows, columns]
    return { h: mul(sigmoid(output), tanh(memory)), c: memory };
  }
}
