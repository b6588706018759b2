import { addAll, matmul, type Tensor } from "../graph/index.ts";
import type { Net } from "./net.ts";
import { type Initialiser, type Parameter, type Sizes, uniformOver } from "./parameters.ts";
import { part } from "./parts.ts";

/** How a linear layer begins. */
export interface LinearOptions {
  /** How the weights begin, by how many inputs there are; `uniformOver` unless said. */
  readonly weights?: ((inputs: number) => Initialiser) | undefined;
  /** How the bias begins; uniform within ±1/√n unless said. */
  readonly bias?: Initialiser;
}

/**
 * y = Σ xᵢ·Wᵢ + b over named inputs. The sum of products (rather than one product of joined inputs) lets the parts
 * that do not depend on a loop's state leave the loop.
 *
 * Parameters: `<name>.<input>.weight` `[size, outputs]` (just `<name>.weight` for a single input) and `<name>.bias`.
 *
 * @example
 * const layer = new Linear("decoder.hidden", { z: 32, h: 64 }, 64);
 * layer.parameters.map(({ name }) => name);
 * // ["decoder.hidden.z.weight", "decoder.hidden.h.weight", "decoder.hidden.bias"]
 */
export class Linear {
  readonly parameters: readonly Parameter[];
  private readonly name: string;
  private readonly inputs: readonly string[];

  constructor(name: string, sizes: Sizes, outputs: number, options: LinearOptions = {}) {
    this.name = name;
    this.inputs = Object.keys(sizes);
    const width = Object.values(sizes).reduce((all, size) => all + size, 0);
    const initialise = (options.weights ?? uniformOver)(width);
    this.parameters = [
      ...Object.entries(sizes).map(([input, size]) => ({
        name: this.weightName(input),
        shape: [size, outputs],
        initialise,
      })),
      { name: `${name}.bias`, shape: [outputs], initialise: options.bias ?? uniformOver(width) },
    ];
  }

  private weightName(input: string): string {
    return this.inputs.length === 1 ? `${this.name}.weight` : `${this.name}.${input}.weight`;
  }

  /** The layer's output, `[..., outputs]`. @param x `[..., size]` for each input */
  apply(net: Net, x: Readonly<Record<string, Tensor>>): Tensor {
    const products = this.inputs.map((input) => matmul(part(x, input), net.weight(this.weightName(input))));
    return addAll([...products, net.weight(`${this.name}.bias`)]);
  }
}
