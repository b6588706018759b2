import {
  add,
  cumsum,
  type Dim,
  filledLike,
  less,
  matmul,
  softmax,
  squeeze,
  type Tensor,
  tanh,
  unsqueeze,
  where,
} from "../graph/index.ts";
import { Linear } from "./linear.ts";
import type { Net } from "./net.ts";
import { type Parameter, uniformOver } from "./parameters.ts";

/** The widths of what is asked and of what is read. */
export interface AttentionSizes {
  /** Q: of the query, such as a decoder's state. */
  readonly query: number;
  /** E: of a place of the memory, such as an encoder's output. */
  readonly memory: number;
}

/** What is read, the same at every step. */
export interface AttentionMemory {
  /** `[B, S, E]` */
  readonly memory: Tensor;
  /** What queries are compared with, `[B, S, A]`. */
  readonly keys: Tensor;
  /** Which places there are, bool `[B, S]`; absent: all. */
  readonly present?: Tensor;
}

/** What a query has read. */
export interface Attended {
  /** The places of the memory by their shares, `[B, E]`. */
  readonly context: Tensor;
  /** How much each place counts, `[B, S]`; they add up to 1. */
  readonly shares: Tensor;
}

/** The score of a place that is not there: far below any other, and finite, so that no difference of two is NaN. */
const absent = -1e30;

/**
 * Additive attention (Bahdanau, Cho and Bengio 2015, appendix A.1.2): the score of place s is vᵀ·tanh(q·W + m_s·U + b), the
 * shares are the softmax of the scores, the context is Σ shares_s·m_s. Places beyond a row's length have no share; of a row
 * without any place all shares are equal.
 *
 * The keys m·U + b do not depend on the query: `prepare` computes them once, outside a decoder's loop. Axes in front of the
 * last ones may be more than B, and broadcast: queries `[B, N, Q]` of N particles read a memory `[B, 1, S, E]`.
 *
 * Parameters: `<name>.query.weight` `[Q, A]`, `<name>.memory.weight` `[E, A]`, `<name>.memory.bias` `[A]`,
 * `<name>.score.weight` `[A, 1]`.
 *
 * @example
 * const attention = new AdditiveAttention("attention", { query: 320, memory: 512 }, 320);
 * const memory = attention.prepare(net, encoded, withinLengths(lengths, "S")); // encoded [B, S, 512]
 * scan({ state: { h }, over: { x }, step: (state, { x }) => {
 *   const { context } = attention.read(net, state.h, memory); // [B, 512]
 *   ...
 * } });
 */
export class AdditiveAttention {
  readonly parameters: readonly Parameter[];
  private readonly name: string;
  private readonly keys: Linear;

  /** @param hidden A: the width in which queries and keys are compared */
  constructor(name: string, { query, memory }: AttentionSizes, hidden: number) {
    this.name = name;
    this.keys = new Linear(`${name}.memory`, { memory }, hidden);
    this.parameters = [
      { name: `${name}.query.weight`, shape: [query, hidden], initialise: uniformOver(query) },
      ...this.keys.parameters,
      { name: `${name}.score.weight`, shape: [hidden, 1], initialise: uniformOver(hidden) },
    ];
  }

  /** What `read` needs of a memory. @param memory `[B, S, E]` @param present bool `[B, S]` */
  prepare(net: Net, memory: Tensor, present?: Tensor): AttentionMemory {
    const keys = this.keys.apply(net, { memory }); // [B, S, A]
    return { memory, keys, ...(present !== undefined && { present }) };
  }

  /** What a query finds in the memory. @param query `[B, Q]` */
  read(net: Net, query: Tensor, { memory, keys, present }: AttentionMemory): Attended {
    const asked = unsqueeze(matmul(query, net.weight(`${this.name}.query.weight`)), -2); // [B, 1, A]
    const compared = tanh(add(keys, asked)); // [B, S, A]
    const scores = squeeze(matmul(compared, net.weight(`${this.name}.score.weight`)), -1); // [B, S]
    const shares = softmax(present === undefined ? scores : where(present, scores, absent)); // [B, S]
    const context = squeeze(matmul(unsqueeze(shares, -2), memory), -2); // [B, E]
    return { context, shares };
  }
}

/**
 * Which of S places lie within the length of each row, bool `[B, S]`.
 *
 * @param lengths int64 `[B]` @param places S
 * @example
 * withinLengths(input("lengths", ["B"], "int64"), "S").toString() // 'bool[B, S]'
 */
export function withinLengths(lengths: Tensor, places: Dim): Tensor {
  const ones = filledLike({ dtype: "int64", shape: [...lengths.shape, places] }, 1); // [B, S]
  return less(cumsum(ones, -1, { exclusive: true }), unsqueeze(lengths, -1)); // [B, S]
}
