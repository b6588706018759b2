import { add, div, mean, mul, sqrt, square, sub, type Tensor } from "../graph/index.ts";
import type { Net } from "./net.ts";
import { type Parameter, values, zeros } from "./parameters.ts";

/** Keeps a layer whose values are all alike from dividing by zero; PyTorch's choice. */
const epsilon = 1e-5;

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
    this.parameters = [
      { name: `${name}.gain`, shape: [size], initialise: values(Array<number>(size).fill(1)) },
      { name: `${name}.bias`, shape: [size], initialise: zeros },
    ];
  }

  /** @param x `[..., size]` @returns `[..., size]` */
  apply(net: Net, x: Tensor): Tensor {
    const centred = sub(x, mean(x, [-1], { keepDims: true })); // [..., size]
    const variance = mean(square(centred), [-1], { keepDims: true }); // [..., 1]
    const normalised = div(centred, sqrt(add(variance, epsilon))); // [..., size]
    return add(mul(normalised, net.weight(`${this.name}.gain`)), net.weight(`${this.name}.bias`));
  }
}
