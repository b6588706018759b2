/** Labels, told from the states that a sequence goes through. */
import type { LabelSpan } from "../data/dataset.ts";
import type { Fields } from "../data/fields.ts";
import { VrnnError } from "../errors.ts";
import { concat, div, greater, max, maximum, sum, type Tensor, where } from "../graph/index.ts";
import { Linear } from "../nn/linear.ts";
import type { Net } from "../nn/net.ts";
import type { Parameter, Sizes } from "../nn/parameters.ts";
import { part, partsOf } from "../nn/parts.ts";
import type { Readout, ReadoutContext } from "./model.ts";

/** What a readout tells. */
export interface ReadoutOptions {
  /** The field that the label stands in. */
  readonly field: string;
  /** L: how many levels it has. */
  readonly levels: number;
}

/** Below every state that a cell gives. */
const LOWEST = -1e30;

/** A linear layer over something of each part of the state. */
abstract class LinearReadout {
  readonly field: string;
  readonly parameters: readonly Parameter[];
  protected readonly parts: readonly string[];
  protected readonly layer: Linear;

  /** @param inputs the widths of what the layer is given of each part */
  constructor(name: string, inputs: Sizes, { field, levels }: ReadoutOptions) {
    this.field = field;
    this.parts = Object.keys(inputs);
    this.layer = new Linear(name, inputs, levels);
    this.parameters = this.layer.parameters;
  }
}

/**
 * A linear layer over the mean and the maximum of each part of the state, taken over the steps that were observed; of a
 * sequence without any both are 0.
 *
 * @example
 * new PooledReadout("readout", { h: 64 }, { field: "label", levels: 2 }).parameters[0].shape; // [128, 2]
 */
export class PooledReadout extends LinearReadout implements Readout {
  readonly over = "sequence";

  /** @param sizes of the parts of the state */
  constructor(name: string, sizes: Sizes, options: ReadoutOptions) {
    const pooled = Object.entries(sizes).map(([each, size]) => [each, 2 * size] as const);
    super(name, Object.fromEntries(pooled), options);
  }

  logits(net: Net, { states, x }: ReadoutContext): Tensor {
    const pooled = this.parts.map((each) => [each, pooledOver(part(states, each), x.mask)] as const);
    return this.layer.apply(net, Object.fromEntries(pooled)); // [B, L]
  }
}

/** Mean and maximum over the observed steps, `[B, 2H]`. @param values `[T, B, H]` @param mask `[T, B, D]` */
export function pooledOver(values: Tensor, mask: Tensor): Tensor {
  const seen = max(mask, [-1], { keepDims: true }); // [T, B, 1]
  const isSeen = greater(seen, 0); // [T, B, 1]
  const count = sum(seen, [0]); // [B, 1]
  const mean = div(sum(where(isSeen, values, 0), [0]), maximum(count, 1)); // [B, H]
  const highest = max(where(isSeen, values, LOWEST), [0]); // [B, H]
  return concat([mean, where(greater(count, 0), highest, 0)]); // [B, 2H]
}

/**
 * A linear layer over the state after each step: it has seen the step and what came before, and nothing of what comes.
 *
 * @example
 * new StepReadout("readout", { h: 64 }, { field: "label", levels: 5 }).parameters[0].shape; // [64, 5]
 */
export class StepReadout extends LinearReadout implements Readout {
  readonly over = "step";

  logits(net: Net, { states }: ReadoutContext): Tensor {
    return this.layer.apply(net, partsOf(states, this.parts)); // [T, B, L]
  }
}

/** Readouts by what they tell a label of. */
export const readouts = { sequence: PooledReadout, step: StepReadout } as const satisfies Record<
  LabelSpan,
  unknown
>;

/** A readout of a label: its options, and what has a label of its own. */
export type LabelReadout = ReadoutOptions & { readonly over: LabelSpan };

/**
 * What a readout of a field of labels is to be.
 *
 * @throws VrnnError `model/fields` for a field that is no label
 * @example
 * readoutOf(data.fields, "label"); // { field: "label", levels: 2, over: "sequence" }
 */
export function readoutOf(fields: Fields, field: string): LabelReadout {
  const found = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (found?.kind === "label")
    return { field, levels: found.levels.length, over: found.axis === "T" ? "step" : "sequence" };
  throw new VrnnError("model/fields", `the field "${field}" is no label`, {
    remedy: "name a field of labels",
  });
}
