import { VrnnError } from "../errors.ts";
import { add, type Dim, mul, reshape, type Tensor } from "../graph/index.ts";
import type { Net } from "./net.ts";
import { gainAndBias, standardised } from "./normalise.ts";
import type { Parameter } from "./parameters.ts";

/**
 * Group normalisation (Wu and He 2018, eq. 1 to 6): channels are normalised in groups, with the mean and variance of all
 * their pixels: g∘(x − μ)/√(σ² + ε) + b, g and b per channel. It does not depend on the rest of the batch.
 *
 * Parameters: `<name>.gain`, which begins at 1, and `<name>.bias`, both `[channels]`.
 *
 * @throws VrnnError `nn/groups` when channels do not divide into the groups.
 * @example
 * new GroupNorm("encoder.norm", 32, 8).apply(net, frames); // frames [T, B, 32, H, W], likewise the result
 */
export class GroupNorm {
  readonly parameters: readonly Parameter[];
  private readonly name: string;
  private readonly channels: number;
  private readonly groups: number;

  constructor(name: string, channels: number, groups: number) {
    if (channels % groups !== 0)
      throw new VrnnError("nn/groups", `${channels} channels do not divide into ${groups} groups`, {
        at: name,
      });
    this.name = name;
    this.channels = channels;
    this.groups = groups;
    this.parameters = gainAndBias(name, channels);
  }

  /** The normalised pictures. @param x `[..., channels, H, W]` @returns `[..., channels, H, W]` */
  apply(net: Net, x: Tensor): Tensor {
    const { name, channels, groups } = this;
    const [height, width] = x.shape.slice(-2) as [Dim, Dim];
    const lead = x.shape.slice(0, -3);
    const grouped = reshape(x, [...lead, groups, (channels / groups) * Number(height) * Number(width)]); // [..., G, C/G·H·W]
    const normalised = reshape(standardised(grouped), x.shape); // [..., C, H, W]
    const perChannel = (part: string) => reshape(net.weight(`${name}.${part}`), [channels, 1, 1]);
    return add(mul(normalised, perChannel("gain")), perChannel("bias"));
  }
}
