import { normalLogDensity } from "../../distributions/gaussian.ts";
import { scaleOfRaw } from "../../distributions/latent/family.ts";
import { split, stopGradient, sum, type Tensor, tanh } from "../../graph/index.ts";
import { Hidden } from "../../nn/hidden.ts";
import { Linear } from "../../nn/linear.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter } from "../../nn/parameters.ts";

/**
 * What latent variables tell of what was read backwards, p(a_t | z_t): normal distributions around tanh, as a cell's state is (Goyal et al.
 * 2017, section 4.1).
 */
export class EvidenceDecoder {
  readonly parameters: readonly Parameter[];
  private readonly size: number;
  private readonly hidden: Hidden;
  private readonly output: Linear;

  constructor({ hidden, latent }: { readonly hidden: number; readonly latent: number }) {
    this.size = hidden;
    this.hidden = new Hidden("forcing.hidden", { z: latent }, hidden);
    this.output = new Linear("forcing.out", { hidden }, 2 * hidden);
    this.parameters = [this.hidden, this.output].flatMap(({ parameters }) => parameters);
  }

  /** `[T, B]`; what was read is not moved by it. @param z `[T, B, Z]` @param a `[T, B, H]` */
  logProb(net: Net, z: Tensor, a: Tensor): Tensor {
    const told = this.output.apply(net, { hidden: this.hidden.apply(net, { z }) }); // [T, B, 2H]
    const [mean, rawScale] = split(told, [this.size, this.size]) as [Tensor, Tensor];
    return sum(normalLogDensity(stopGradient(a), tanh(mean), scaleOfRaw(rawScale)), [-1]);
  }
}
