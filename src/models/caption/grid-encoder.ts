/** A convolutional network that reads a picture: a grid of places to look at, and what the picture tells as a whole. */
import { add, mul, relu, reshape, type Tensor, transpose } from "../../graph/index.ts";
import { Conv2d } from "../../nn/convolution.ts";
import { GroupNorm } from "../../nn/group-norm.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import type { ReadSource, SourceEncoder } from "../attentive-writer.ts";
import type { ModelInput, Tensors } from "../model.ts";
import { Places, type ToldOfPicture } from "./places.ts";

/** What is read, and how. */
export interface GridEncoderOptions extends ToldOfPicture {
  /** `[H, W, C]` */
  readonly picture: readonly number[];
  /** Channels of each stage; the last are those of a place of the grid. Each stage halves height and width. */
  readonly widths: readonly number[];
}

/** Channels are normalised in so many groups. */
const GROUPS = 8;

/** A convolution whose outputs are normalised. */
class NormalisedConvolution {
  readonly parameters: readonly Parameter[];
  private readonly convolution: Conv2d;
  private readonly norm: GroupNorm;

  constructor(name: string, inputs: number, outputs: number, stride: number) {
    this.convolution = new Conv2d(name, inputs, outputs, { kernel: 3, stride, padding: 1 });
    this.norm = new GroupNorm(`${name}.norm`, outputs, outputs % GROUPS === 0 ? GROUPS : 1);
    this.parameters = [...this.convolution.parameters, ...this.norm.parameters];
  }

  apply(net: Net, x: Tensor): Tensor {
    return this.norm.apply(net, this.convolution.apply(net, x));
  }
}

/** Half the height and width, then what stays as large is added to (He et al., "Deep Residual Learning", CVPR 2016). */
class Stage {
  readonly parameters: readonly Parameter[];
  private readonly halving: NormalisedConvolution;
  private readonly residual: NormalisedConvolution | undefined;

  /** @param isDeep whether there is a second convolution, whose output is added */
  constructor(name: string, inputs: number, outputs: number, isDeep: boolean) {
    this.halving = new NormalisedConvolution(`${name}.halving`, inputs, outputs, 2);
    this.residual = isDeep ? new NormalisedConvolution(`${name}.residual`, outputs, outputs, 1) : undefined;
    this.parameters = [...this.halving.parameters, ...(this.residual?.parameters ?? [])];
  }

  /** @param x `[B, inputs, H, W]` @returns `[B, outputs, H/2, W/2]` */
  apply(net: Net, x: Tensor): Tensor {
    const halved = relu(this.halving.apply(net, x));
    return this.residual === undefined ? halved : relu(add(halved, this.residual.apply(net, halved)));
  }
}

/**
 * Stages of convolutions, each of half the height and width, the first of one convolution and the others of two. Places of the last
 * grid are the memory; the heads tell of their mean and maximum, and what they tell of the class goes on to the writer.
 *
 * Parameters: those of `encoder.<stage>` and, for each head, of `encoder.<head>`.
 *
 * @example
 * const widths = [24, 48, 96, 160];
 * new GridEncoder({ picture: [128, 128, 3], widths, told: { class: 21 }, aside: {} }).width; // 160: of each of 8 × 8 places
 */
export class GridEncoder implements SourceEncoder {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  readonly told: Sizes;
  readonly inputs: Readonly<Record<string, ModelInput>>;
  readonly sourceSites: Sizes = {};
  readonly dropoutSites: Sizes;
  private readonly stages: readonly Stage[];
  private readonly places: Places;

  constructor({ picture, widths, told, aside }: GridEncoderOptions) {
    this.inputs = {
      picture: { field: "picture", what: "values", dtype: "float32", shape: ["B", ...picture] },
    };
    const channels = [picture[2] ?? 1, ...widths];
    this.stages = widths.map((outputs, i) => new Stage(`encoder.${i}`, channels[i]!, outputs, i > 0));
    this.width = channels.at(-1)!;
    this.told = told;
    this.places = new Places(this.width, { told, aside });
    this.dropoutSites = this.places.dropoutSites;
    this.parameters = [...this.stages, this.places].flatMap(({ parameters }) => parameters);
  }

  /** @param inputs `picture` `[B, H, W, C]` of numbers from 0 to 1 */
  read(net: Net, inputs: Tensors): ReadSource {
    const pixels = add(mul(transpose(part(inputs, "picture"), [0, 3, 1, 2]), 4), -2); // [B, C, H, W]
    const grid = this.stages.reduce((x, stage) => stage.apply(net, x), pixels); // [B, M, h, w]
    const places = reshape(grid, [...grid.shape.slice(0, 2), Number(grid.shape[2]) * Number(grid.shape[3])]);
    return this.places.read(net, transpose(places, [0, 2, 1])); // [B, S, M]
  }
}
