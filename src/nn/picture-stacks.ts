/** Stacks of convolutions that make pictures small, and small ones large again. */
import { relu, type Tensor } from "../graph/index.ts";
import { Conv2d, ConvTranspose2d, JoinedConv2d } from "./convolution.ts";
import { GroupNorm } from "./group-norm.ts";
import type { Net } from "./net.ts";
import type { Parameter } from "./parameters.ts";
import { groupsOf, ResidualConvolution } from "./residual-convolution.ts";

/** Halves a picture, or doubles it when transposed. */
const halving = { kernel: 4, stride: 2, padding: 1 } as const;
const sameSize = { kernel: 3, padding: 1 } as const;

/**
 * Stages that each halve height and width: a strided convolution, group normalisation, a rectifier; after the last a residual
 * block.
 *
 * Parameters: those of `<name>.<stage>`, `<name>.<stage>.norm` and `<name>.block`.
 *
 * @example
 * const encoder = new PictureEncoder("encoder", 1, [24, 48, 96]);
 * encoder.apply(net, frames).map(String); // "float32[T, B, 24, 40, 60]", "[T, B, 48, 20, 30]", "[T, B, 96, 10, 15]" of 80 × 120
 */
export class PictureEncoder {
  readonly parameters: readonly Parameter[];
  private readonly stages: readonly { readonly halve: Conv2d; readonly norm: GroupNorm }[];
  private readonly block: ResidualConvolution;

  /** @param widths channels of each stage */
  constructor(name: string, inputs: number, widths: readonly number[]) {
    this.stages = widths.map((width, i) => ({
      halve: new Conv2d(`${name}.${i}`, widths[i - 1] ?? inputs, width, halving),
      norm: new GroupNorm(`${name}.${i}.norm`, width, groupsOf(width)),
    }));
    this.block = new ResidualConvolution(`${name}.block`, widths.at(-1) as number);
    const stages = this.stages.flatMap(({ halve, norm }) => [...halve.parameters, ...norm.parameters]);
    this.parameters = [...stages, ...this.block.parameters];
  }

  /** The maps of each stage, `[..., width, H/2ⁱ, W/2ⁱ]`. @param pictures `[..., inputs, H, W]` */
  apply(net: Net, pictures: Tensor): readonly Tensor[] {
    const maps: Tensor[] = [];
    for (const { halve, norm } of this.stages)
      maps.push(relu(norm.apply(net, halve.apply(net, maps.at(-1) ?? pictures))));
    return [...maps.slice(0, -1), this.block.apply(net, maps.at(-1) as Tensor)];
  }
}

/**
 * The way back: each stage doubles height and width and reads, beside what comes from below, the maps of that size of an encoder
 * (Ronneberger, Fischer and Brox 2015); the last gives pictures and reads none.
 *
 * Parameters: those of `<name>.<stage>.grow`, `<name>.<stage>.join`, `<name>.<stage>.norm` and `<name>.out`.
 *
 * @example
 * const decoder = new PictureDecoder("decoder", [24, 48, 96], 3);
 * decoder.apply(net, small, [large, middle]).toString(); // "float32[T, B, 3, 80, 120]"
 */
export class PictureDecoder {
  readonly parameters: readonly Parameter[];
  private readonly stages: readonly {
    readonly grow: ConvTranspose2d;
    readonly join: JoinedConv2d;
    readonly norm: GroupNorm;
  }[];
  private readonly out: ConvTranspose2d;

  /** @param widths those of the encoder: channels from the largest maps to the smallest */
  constructor(name: string, widths: readonly number[], outputs: number) {
    const larger = widths.slice(0, -1);
    this.stages = larger.map((width, i) => ({
      grow: new ConvTranspose2d(`${name}.${i}.grow`, widths[i + 1] as number, width, halving),
      join: new JoinedConv2d(`${name}.${i}.join`, { below: width, skip: width }, width, sameSize),
      norm: new GroupNorm(`${name}.${i}.norm`, width, groupsOf(width)),
    }));
    this.out = new ConvTranspose2d(`${name}.out`, widths[0] as number, outputs, halving);
    const stages = this.stages.flatMap(({ grow, join, norm }) =>
      [grow, join, norm].flatMap(({ parameters }) => parameters),
    );
    this.parameters = [...stages, ...this.out.parameters];
  }

  /**
   * `[..., outputs, H, W]`.
   *
   * @param small `[..., widths.at(-1), H/2ⁿ, W/2ⁿ]` @param skips maps of the encoder from the largest on, without the smallest
   */
  apply(net: Net, small: Tensor, skips: readonly Tensor[]): Tensor {
    const grown = this.stages.reduceRight((maps, { grow, join, norm }, i) => {
      const below = relu(grow.apply(net, maps));
      return relu(norm.apply(net, join.apply(net, { below, skip: skips[i] as Tensor })));
    }, small);
    return this.out.apply(net, grown);
  }
}
