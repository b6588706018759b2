/** Convolutions of pictures, written over any leading axes: `[N, C, H, W]`, or `[T, B, C, H, W]` at once. */
import { product } from "../graph/dims.ts";
import {
  add,
  convolution,
  type Dim,
  reshape,
  type Shape,
  type Tensor,
  transposedConvolution,
} from "../graph/index.ts";
import type { Net } from "./net.ts";
import { type Initialiser, type Parameter, uniformOver } from "./parameters.ts";

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

/** `<name>.weight` and `<name>.bias`, as PyTorch begins them. */
const kernelParameters = (
  name: string,
  shape: readonly [number, number, number, number],
  outputs: number,
): readonly Parameter[] => {
  const [, channels, height, width] = shape;
  const initialise: Initialiser = uniformOver(channels * height * width);
  return [
    { name: `${name}.weight`, shape, initialise },
    { name: `${name}.bias`, shape: [outputs], initialise },
  ];
};

/** Does to pictures `[..., C, H, W]` what is written for `[N, C, H, W]`. */
function overPictures(x: Tensor, apply: (pictures: Tensor) => Tensor): Tensor {
  const lead: Shape = x.shape.slice(0, -3);
  const pictures = reshape(x, [product(lead), ...x.shape.slice(-3)]);
  const y = apply(pictures);
  return reshape(y, [...lead, ...y.shape.slice(1)]);
}

/** A bias for each channel. */
const perChannel = (bias: Tensor): Tensor => reshape(bias, [bias.shape[0] as Dim, 1, 1]);

/**
 * A convolution of pictures: cross-correlation with a kernel for each output channel, and a bias.
 *
 * Parameters: `<name>.weight` `[outputs, inputs, kernel, kernel]` and `<name>.bias` `[outputs]`.
 *
 * @example
 * const layer = new Conv2d("encoder.0", 1, 16, { kernel: 3, stride: 2, padding: 1 });
 * layer.apply(net, frames).toString(); // 'float32[T, B, 16, 8, 8]' of frames [T, B, 1, 16, 16]
 */
export class Conv2d {
  readonly parameters: readonly Parameter[];
  private readonly name: string;
  private readonly options: ConvolutionLayerOptions;

  constructor(name: string, inputs: number, outputs: number, options: ConvolutionLayerOptions) {
    this.name = name;
    this.options = options;
    this.parameters = kernelParameters(name, [outputs, inputs, options.kernel, options.kernel], outputs);
  }

  /** What the layer makes of pictures. @param x `[..., inputs, H, W]` @returns `[..., outputs, H', W']` */
  apply(net: Net, x: Tensor): Tensor {
    const { stride = 1, padding = 0 } = this.options;
    const settings = { strides: both(stride), padding: both(padding) };
    const kernel = net.weight(`${this.name}.weight`);
    const y = overPictures(x, (pictures) => convolution(pictures, kernel, settings));
    return add(y, perChannel(net.weight(`${this.name}.bias`)));
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
export class ConvTranspose2d {
  readonly parameters: readonly Parameter[];
  private readonly name: string;
  private readonly options: TransposedLayerOptions;

  constructor(name: string, inputs: number, outputs: number, options: TransposedLayerOptions) {
    this.name = name;
    this.options = options;
    this.parameters = kernelParameters(name, [inputs, outputs, options.kernel, options.kernel], outputs);
  }

  /** What the layer makes of pictures. @param x `[..., inputs, H, W]` @returns `[..., outputs, H', W']` */
  apply(net: Net, x: Tensor): Tensor {
    const { stride = 1, padding = 0, outputPadding = 0 } = this.options;
    const settings = {
      strides: both(stride),
      padding: both(padding),
      outputPadding: both(outputPadding),
    };
    const kernel = net.weight(`${this.name}.weight`);
    const y = overPictures(x, (pictures) => transposedConvolution(pictures, kernel, settings));
    return add(y, perChannel(net.weight(`${this.name}.bias`)));
  }
}
