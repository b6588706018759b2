import { relu, type Tensor } from "../graph/index.ts";
import { LayerNorm } from "./layer-norm.ts";
import { Linear, type LinearOptions } from "./linear.ts";
import type { Net } from "./net.ts";
import type { Parameter } from "./parameters.ts";

/** A hidden layer: a linear one over named inputs, normalised where asked (`<name>.norm`), then rectified. */
export class Hidden {
  readonly parameters: readonly Parameter[];
  private readonly linear: Linear;
  private readonly norm: LayerNorm | undefined;

  constructor(
    name: string,
    sizes: Readonly<Record<string, number>>,
    outputs: number,
    layerNorm = false,
    options: LinearOptions = {},
  ) {
    this.linear = new Linear(name, sizes, outputs, options);
    this.norm = layerNorm ? new LayerNorm(`${name}.norm`, outputs) : undefined;
    this.parameters = [...this.linear.parameters, ...(this.norm?.parameters ?? [])];
  }

  /** The layer's output, `[..., outputs]`. @param x `[..., size]` for each input */
  apply(net: Net, x: Readonly<Record<string, Tensor>>): Tensor {
    const sums = this.linear.apply(net, x); // [..., outputs]
    return relu(this.norm?.apply(net, sums) ?? sums);
  }
}
