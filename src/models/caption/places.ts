/** What places of a picture tell together: a memory to look places up in, and heads that tell of all at once. */
import { constant, max, mean, mul, type Tensor, unsqueeze } from "../../graph/index.ts";
import { Linear } from "../../nn/linear.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import type { ReadSource } from "../attentive-writer.ts";
import { firstOf } from "../state.ts";

/** What is told of a picture as a whole, by how many logits each. */
export interface ToldOfPicture {
  /** What goes on to the writer, such as its class. */
  readonly told: Sizes;
  /** What is told for training alone, such as its words. */
  readonly aside: Sizes;
}

/**
 * Heads over the mean and the maximum of the places of a picture.
 *
 * Parameters: those of `encoder.<head>` for each head.
 *
 * @example
 * new Places(160, { told: { class: 21 }, aside: {} }).dropoutSites; // { memory: 160, pooled: 160 }
 */
export class Places {
  readonly parameters: readonly Parameter[];
  readonly dropoutSites: Sizes;
  private readonly heads: Readonly<Record<string, Linear>>;

  /** @param width M: how many numbers tell of a place */
  constructor(width: number, { told, aside }: ToldOfPicture) {
    this.dropoutSites = { memory: width, pooled: width };
    this.heads = Object.fromEntries(
      Object.entries({ ...told, ...aside }).map(([name, logits]) => [
        name,
        new Linear(`encoder.${name}`, { mean: width, max: width }, logits),
      ]),
    );
    this.parameters = Object.values(this.heads).flatMap(({ parameters }) => parameters);
  }

  /** @param memory `[B, S, M]` */
  read(net: Net, memory: Tensor): ReadSource {
    const kept = keptChannels(net, "pooled");
    const pooled = { mean: mul(mean(memory, [1]), kept), max: mul(max(memory, [1]), kept) }; // [B, M] each
    const told = Object.fromEntries(
      Object.entries(this.heads).map(([name, head]) => [name, head.apply(net, pooled)]),
    );
    const dropped = mul(memory, unsqueeze(keptChannels(net, "memory"), 1)); // [B, S, M]
    return { memory: dropped, summary: pooled.mean, told };
  }
}

/**
 * What dropout leaves of the channels of a picture, `[B, M]`, the same at all its places (Tompson et al., "Efficient Object
 * Localization Using Convolutional Networks", CVPR 2015); a single 1 where nothing is dropped.
 */
const keptChannels = (net: Net, site: string): Tensor => firstOf(net.keep(site, constant([1], [1, 1, 1])));
