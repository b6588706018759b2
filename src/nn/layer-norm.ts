import { add, mul, type Tensor } from "../graph/index.ts";
import type { Net } from "./net.ts";
import { gainAndBias, standardised } from "./normalise.ts";
import type { Parameter } from "./parameters.ts";

/**
 * Layer normalisation (Ba, Kiros and Hinton 2016, eq. 4): g∘(x − μ)/√(σ² + ε) + b, with the mean and variance of a
 * layer's own values.
 *
 * Parameters: `<name>.gain`, which begins at 1, and `<name>.bias`, both `[size]`.
 *
 * @example
 * new LayerNorm("decoder.hidden.norm", 64).parameters.map(({ name }) => name);
 * // ["decoder.hidden.norm.gain", "decoder.hidden.norm.bias"]
 */
export class LayerNorm {
  readonly parameters: readonly Parameter[];
  private readonly name: string;

  constructor(name: string, size: number) {
    this.name = name;
    this.parameters = gainAndBias(name, size);
  }

  /** @param x `[..., size]` @returns `[..., size]` */
  apply(net: Net, x: Tensor): Tensor {
    return add(mul(standardised(x), net.weight(`${this.name}.gain`)), net.weight(`${this.name}.bias`));
  }
}
