/** Convolutions of pictures, written over any leading axes: `[N, C, H, W]`, or `[T, B, C, H, W]` at once. */
import { product } from "../graph/dims.ts";
import { add, addAll, type Dim, reshape, type Shape, type Tensor } from "../graph/index.ts";
import { convolution, transposedConvolution } from "../graph/ops/convolution.ts";
import type { Net } from "./net.ts";
import { type Initialiser, type Parameter, type Sizes, uniformOver } from "./parameters.ts";
import { part } from "./parts.ts";

/** The shape of a two-dimensional convolution; height and width are treated alike. */
export interface ConvolutionLayerOptions {
  /** The height and width of the kernel. */
  readonly kernel: number;
  /** Steps between the places of the kernel; 1 unless told. */
  readonly stride?: number;
  /** Zeros around the picture; none unless told. */
  readonly padding?: number;
}

/** The shape of a transposed convolution. */
export interface TransposedLayerOptions extends ConvolutionLayerOptions {
  /** Rows and columns added at the end, which the forward convolution would not have reached; none unless told. */
  readonly outputPadding?: number;
}

const both = (value: number): readonly number[] => [value, value];

/** Does to pictures `[..., C, H, W]` what is written for `[N, C, H, W]`. */
function overPictures(x: Tensor, apply: (pictures: Tensor) => Tensor): Tensor {
  const lead: Shape = x.shape.slice(0, -3);
  const pictures = reshape(x, [product(lead), ...x.shape.slice(-3)]);
  const y = apply(pictures);
  return reshape(y, [...lead, ...y.shape.slice(1)]);
}

/** A bias for each channel. */
const perChannel = (bias: Tensor): Tensor => reshape(bias, [bias.shape[0] as Dim, 1, 1]);

/** A layer that moves a kernel over pictures and adds a bias for each output channel. */
abstract class KernelLayer<Options extends ConvolutionLayerOptions> {
  readonly parameters: readonly Parameter[];
  protected readonly options: Options;
  private readonly name: string;

  /** @param channels the first two axes of the kernel @param outputs how many channels come out */
  protected constructor(
    name: string,
    channels: readonly [number, number],
    outputs: number,
    options: Options,
  ) {
    const { kernel } = options;
    const initialise: Initialiser = uniformOver(channels[1] * kernel * kernel); // as PyTorch begins both
    this.parameters = [
      { name: `${name}.weight`, shape: [...channels, kernel, kernel], initialise },
      { name: `${name}.bias`, shape: [outputs], initialise },
    ];
    this.options = options;
    this.name = name;
  }

  /** What the layer makes of pictures. @param x `[..., inputs, H, W]` @returns `[..., outputs, H', W']` */
  apply(net: Net, x: Tensor): Tensor {
    const kernel = net.weight(`${this.name}.weight`);
    const y = overPictures(x, (pictures) => this.convolve(pictures, kernel));
    return add(y, perChannel(net.weight(`${this.name}.bias`)));
  }

  /** Moves the kernel over the pictures. @param pictures `[N, inputs, H, W]` @returns `[N, outputs, H', W']` */
  protected abstract convolve(pictures: Tensor, kernel: Tensor): Tensor;
}

/**
 * A convolution of pictures: cross-correlation with a kernel for each output channel, and a bias.
 *
 * Parameters: `<name>.weight` `[outputs, inputs, kernel, kernel]` and `<name>.bias` `[outputs]`.
 *
 * @example
 * const layer = new Conv2d("encoder.0", 1, 16, { kernel: 3, stride: 2, padding: 1 });
 * layer.apply(net, frames).toString(); // 'float32[T, B, 16, 8, 8]' of frames [T, B, 1, 16, 16]
 */
export class Conv2d extends KernelLayer<ConvolutionLayerOptions> {
  constructor(name: string, inputs: number, outputs: number, options: ConvolutionLayerOptions) {
    super(name, [outputs, inputs], outputs, options);
  }

  protected override convolve(pictures: Tensor, kernel: Tensor): Tensor {
    const { stride = 1, padding = 0 } = this.options;
    return convolution(pictures, kernel, { strides: both(stride), padding: both(padding) });
  }
}

/**
 * A transposed convolution of pictures, which makes them larger, and a bias.
 *
 * Parameters: `<name>.weight` `[inputs, outputs, kernel, kernel]` and `<name>.bias` `[outputs]`.
 *
 * @example
 * const layer = new ConvTranspose2d("decoder.0", 16, 1, { kernel: 4, stride: 2, padding: 1 });
 * layer.apply(net, features).toString(); // 'float32[N, 1, 16, 16]' of features [N, 16, 8, 8]
 */
export class ConvTranspose2d extends KernelLayer<TransposedLayerOptions> {
  constructor(name: string, inputs: number, outputs: number, options: TransposedLayerOptions) {
    super(name, [inputs, outputs], outputs, options);
  }

  protected override convolve(pictures: Tensor, kernel: Tensor): Tensor {
    const { stride = 1, padding = 0, outputPadding = 0 } = this.options;
    return transposedConvolution(pictures, kernel, {
      strides: both(stride),
      padding: both(padding),
      outputPadding: both(outputPadding),
    });
  }
}

/**
 * A convolution of several pictures of one size, each with a kernel of its own: Σ xᵢ∗Wᵢ + b. As in `Linear`, the sum (rather than
 * one convolution of joined channels) lets the parts that do not depend on a loop's state leave the loop.
 *
 * Parameters: `<name>.<input>.weight` `[outputs, channels, kernel, kernel]` for each, and `<name>.bias` `[outputs]`.
 *
 * @example
 * const layer = new JoinedConv2d("decoder.0", { h: 96, z: 16 }, 96, { kernel: 3, padding: 1 });
 * layer.apply(net, { h, z }).toString(); // 'float32[T, B, 96, 10, 15]' of maps of 10 × 15
 */
export class JoinedConv2d {
  readonly parameters: readonly Parameter[];
  private readonly name: string;
  private readonly inputs: readonly string[];
  private readonly options: ConvolutionLayerOptions;

  /** @param channels of each input */
  constructor(name: string, channels: Sizes, outputs: number, options: ConvolutionLayerOptions) {
    const { kernel } = options;
    this.name = name;
    this.inputs = Object.keys(channels);
    this.options = options;
    const all = Object.values(channels).reduce((sum, count) => sum + count, 0);
    const initialise = uniformOver(all * kernel * kernel);
    this.parameters = [
      ...Object.entries(channels).map(([input, count]) => ({
        name: `${name}.${input}.weight`,
        shape: [outputs, count, kernel, kernel],
        initialise,
      })),
      { name: `${name}.bias`, shape: [outputs], initialise },
    ];
  }

  /** `[..., outputs, H', W']`. @param x `[..., channels, H, W]` for each input */
  apply(net: Net, x: Readonly<Record<string, Tensor>>): Tensor {
    const { stride = 1, padding = 0 } = this.options;
    const moved = this.inputs.map((input) => {
      const kernel = net.weight(`${this.name}.${input}.weight`);
      return overPictures(part(x, input), (pictures) =>
        convolution(pictures, kernel, { strides: both(stride), padding: both(padding) }),
      );
    });
    return add(addAll(moved), perChannel(net.weight(`${this.name}.bias`)));
  }
}
