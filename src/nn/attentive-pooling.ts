import { matmul, mul, softmax, sum, type Tensor, tanh, where } from "../graph/index.ts";
import { Linear } from "./linear.ts";
import type { Net } from "./net.ts";
import { type Parameter, uniformOver } from "./parameters.ts";

/** The score of a step that is not there: finite, so that no difference of two is NaN. */
const ABSENT = -1e30;

/**
 * The steps of a sequence by their shares, which a vector learns to give (Yang et al., "Hierarchical Attention Networks for
 * Document Classification", NAACL 2016, eqs. 5 to 7): u = tanh(W·h + b), shares = softmax(vᵀ·u), Σ shares·h.
 *
 * Parameters: `<name>.key.weight` `[H, A]`, `<name>.key.bias` `[A]`, `<name>.score.weight` `[A, 1]`.
 *
 * @example
 * new AttentivePooling("pooling", 256, 128).read(net, states, isThere).toString(); // 'float32[B, 256]' of states [T, B, 256]
 */
export class AttentivePooling {
  readonly parameters: readonly Parameter[];
  private readonly name: string;
  private readonly key: Linear;

  /** @param input H @param hidden A */
  constructor(name: string, input: number, hidden: number) {
    this.name = name;
    this.key = new Linear(`${name}.key`, { h: input }, hidden);
    const score = { name: `${name}.score.weight`, shape: [hidden, 1], initialise: uniformOver(hidden) };
    this.parameters = [...this.key.parameters, score];
  }

  /** `[B, H]`; of a row without any step all count alike. @param h `[T, B, H]` @param isThere bool `[T, B, 1]` */
  read(net: Net, h: Tensor, isThere: Tensor): Tensor {
    const keys = tanh(this.key.apply(net, { h })); // [T, B, A]
    const scores = matmul(keys, net.weight(`${this.name}.score.weight`)); // [T, B, 1]
    const shares = softmax(where(isThere, scores, ABSENT), 0); // [T, B, 1]
    return sum(mul(shares, h), [0]); // [B, H]
  }
}
