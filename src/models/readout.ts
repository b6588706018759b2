/** Labels of whole sequences, told from the states that they went through. */
import { concat, div, greater, max, maximum, sum, type Tensor, where } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import { Linear } from "../nn/linear.ts";
import type { Net } from "../nn/net.ts";
import type { Parameter, Sizes } from "../nn/parameters.ts";
import { part } from "../nn/parts.ts";
import type { Readout } from "./model.ts";

/** What a readout tells. */
export interface ReadoutOptions {
  /** The field that the label stands in. */
  readonly field: string;
  /** L: how many levels it has. */
  readonly levels: number;
}

/** Below every state that a cell gives. */
const LOWEST = -1e30;

/**
 * A linear layer over the mean and the maximum of each part of the state, taken over the steps that were observed; of a
 * sequence without any both are 0.
 *
 * @example
 * new PooledReadout("readout", { h: 64 }, { field: "label", levels: 2 }).parameters[0].shape; // [128, 2]
 */
export class PooledReadout implements Readout {
  readonly field: string;
  readonly parameters: readonly Parameter[];
  private readonly parts: readonly string[];
  private readonly layer: Linear;

  /** @param sizes of the parts of the state */
  constructor(name: string, sizes: Sizes, { field, levels }: ReadoutOptions) {
    this.field = field;
    this.parts = Object.keys(sizes);
    const pooled = Object.entries(sizes).map(([each, size]) => [each, 2 * size] as const);
    this.layer = new Linear(name, Object.fromEntries(pooled), levels);
    this.parameters = this.layer.parameters;
  }

  logits(net: Net, states: State, mask: Tensor): Tensor {
    const pooled = this.parts.map((each) => [each, pooledOver(part(states, each), mask)] as const);
    return this.layer.apply(net, Object.fromEntries(pooled)); // [B, L]
  }
}

/** Mean and maximum over the observed steps, `[B, 2H]`. @param values `[T, B, H]` @param mask `[T, B, D]` */
function pooledOver(values: Tensor, mask: Tensor): Tensor {
  const seen = max(mask, [-1], { keepDims: true }); // [T, B, 1]
  const isSeen = greater(seen, 0); // [T, B, 1]
  const count = sum(seen, [0]); // [B, 1]
  const mean = div(sum(where(isSeen, values, 0), [0]), maximum(count, 1)); // [B, H]
  const highest = max(where(isSeen, values, LOWEST), [0]); // [B, H]
  return concat([mean, where(greater(count, 0), highest, 0)]); // [B, 2H]
}
