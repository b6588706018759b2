import { add, relu, type Tensor } from "../graph/index.ts";
import { Conv2d } from "./convolution.ts";
import { GroupNorm } from "./group-norm.ts";
import type { Net } from "./net.ts";
import type { Parameter } from "./parameters.ts";

const sameSize = { kernel: 3, padding: 1 } as const;

/** How many groups channels are normalised in: of eight each where that divides them, else one. */
export const groupsOf = (channels: number): number => (channels % 8 === 0 ? channels / 8 : 1);

/**
 * A residual block of pictures in the order of He et al. 2016 ("Identity mappings"), with group normalisation:
 * y = x + W₂∗relu(norm₂(W₁∗relu(norm₁(x)))).
 *
 * Parameters: those of `<name>.norm.0`, `<name>.0`, `<name>.norm.1` and `<name>.1`.
 *
 * @example
 * new ResidualConvolution("encoder.block", 96).apply(net, maps); // maps [T, B, 96, 10, 15], likewise the result
 */
export class ResidualConvolution {
  readonly parameters: readonly Parameter[];
  private readonly layers: readonly { readonly norm: GroupNorm; readonly convolution: Conv2d }[];

  constructor(name: string, channels: number) {
    this.layers = [0, 1].map((i) => ({
      norm: new GroupNorm(`${name}.norm.${i}`, channels, groupsOf(channels)),
      convolution: new Conv2d(`${name}.${i}`, channels, channels, sameSize),
    }));
    this.parameters = this.layers.flatMap(({ norm, convolution }) => [
      ...norm.parameters,
      ...convolution.parameters,
    ]);
  }

  /** @param x `[..., channels, H, W]` @returns likewise */
  apply(net: Net, x: Tensor): Tensor {
    const changed = this.layers.reduce(
      (y, { norm, convolution }) => convolution.apply(net, relu(norm.apply(net, y))),
      x,
    );
    return add(x, changed);
  }
}
