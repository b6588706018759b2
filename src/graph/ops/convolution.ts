/** Convolution and transposed convolution over any number of spatial axes; each is the other's gradient. */
import { type Dim, numeric, product, type Shape } from "../dims.ts";
import { GraphError } from "../error.ts";
import { type Attributes, apply1, defineOp, type LiftContext, type Op, type Tensor } from "../tensor.ts";
import { reshape, sameDType, transpose } from "./algebra.ts";
import { slice } from "./layout.ts";

export interface ConvolutionAttributes extends Attributes {
  readonly strides: readonly number[];
  /** Zeros on both sides of each spatial axis. */
  readonly padding: readonly number[];
  readonly dilations: readonly number[];
}

interface TransposedAttributes extends ConvolutionAttributes {
  /** Rows that the forward convolution did not reach, added at the end of each axis. */
  readonly outputPadding: readonly number[];
}

const spatial = (shape: Shape, axis: number): number => numeric(shape[axis + 2], "a spatial size");

const onnxAttributes = ({ strides, padding, dilations }: ConvolutionAttributes) => ({
  strides,
  dilations,
  pads: [...padding, ...padding],
});

/** Entries between the first and the last that a dilated kernel touches, the first not counted. */
const reach = (kernel: Shape, dilations: readonly number[], axis: number): number =>
  (dilations[axis] as number) * (spatial(kernel, axis) - 1);

const convolutionOp: Op = defineOp<ConvolutionAttributes, 2>({
  name: "convolution",
  infer: (inputs, { strides, padding, dilations }) => {
    const [{ shape: x }, { shape: kernel }] = inputs;
    if (x[1] !== kernel[1]) throw new GraphError(`the input has ${x[1]} channels, the kernel ${kernel[1]}`);
    const sizes = strides.map((stride, axis) => {
      const room = spatial(x, axis) + 2 * (padding[axis] as number) - reach(kernel, dilations, axis) - 1;
      if (room < 0) throw new GraphError(`the kernel is larger than axis ${axis + 2}`);
      return Math.floor(room / stride) + 1;
    });
    return [{ dtype: sameDType(inputs), shape: [x[0] as Dim, kernel[0] as Dim, ...sizes] }];
  },
  gradient: ({ inputs: [x, kernel], attrs, cotangent: g }) => {
    return [inputCotangent(x.shape, kernel, g, attrs), kernelCotangent(x, kernel.shape, g, attrs)];
  },
  lower: ({ inputs, outputs, attrs, emit }) => void emit("Conv", inputs, onnxAttributes(attrs), outputs),
  liftable: ([, kernel]) => !kernel,
  lift: (context) => [folded(convolutionOp, context)],
});

/** Time and batch are one axis to a kernel that is the same at every step. */
function folded<A extends Attributes>(op: Op, { inputs: [x, kernel], attrs }: LiftContext<A, 2>): Tensor {
  const [time, batch, ...rest] = x.shape as readonly [Dim, Dim, ...Dim[]];
  const y = apply1(op, [reshape(x, [product([time, batch]), ...rest]), kernel], attrs);
  return reshape(y, [time, batch, ...y.shape.slice(1)]);
}

/** dx: the transposed convolution of the cotangent, with the rows that strides had cut off. */
function inputCotangent(x: Shape, kernel: Tensor, g: Tensor, attrs: ConvolutionAttributes): Tensor {
  const outputPadding = attrs.strides.map((stride, axis) => {
    const { padding, dilations } = attrs;
    const reached =
      (spatial(g.shape, axis) - 1) * stride +
      reach(kernel.shape, dilations, axis) +
      1 -
      2 * (padding[axis] as number);
    return spatial(x, axis) - reached;
  });
  return apply1(transposedOp, [g, kernel], { ...attrs, outputPadding });
}

/**
 * dW: a convolution of x with the cotangent as kernel, batch and channels changing places and strides and
 * dilations too; entries that no step of the forward kernel reached are cut off.
 */
function kernelCotangent(x: Tensor, kernel: Shape, g: Tensor, attrs: ConvolutionAttributes): Tensor {
  const swap = [1, 0, ...attrs.strides.map((_, axis) => axis + 2)];
  const product = apply1(convolutionOp, [transpose(x, swap), transpose(g, swap)], {
    strides: attrs.dilations,
    dilations: attrs.strides,
    padding: attrs.padding,
  });
  const cut = attrs.strides.reduce((all, _, axis) => slice(all, axis + 2, 0, spatial(kernel, axis)), product);
  return transpose(cut, swap);
}

const transposedOp: Op = defineOp<TransposedAttributes, 2>({
  name: "transposedConvolution",
  infer: (inputs, { strides, padding, dilations, outputPadding }) => {
    const [{ shape: x }, { shape: kernel }] = inputs;
    if (x[1] !== kernel[0]) throw new GraphError(`the input has ${x[1]} channels, the kernel ${kernel[0]}`);
    const sizes = strides.map((stride, axis) => {
      const full = (spatial(x, axis) - 1) * stride + reach(kernel, dilations, axis) + 1;
      return full - 2 * (padding[axis] as number) + (outputPadding[axis] as number);
    });
    return [{ dtype: sameDType(inputs), shape: [x[0] as Dim, kernel[1] as Dim, ...sizes] }];
  },
  gradient: ({ inputs: [x, kernel], attrs, cotangent: g }) => {
    const { strides, padding, dilations } = attrs;
    const forward = { strides, padding, dilations };
    return [apply1(convolutionOp, [g, kernel], forward), kernelCotangent(g, kernel.shape, x, forward)];
  },
  lower: ({ inputs, outputs, attrs, emit }) =>
    void emit(
      "ConvTranspose",
      inputs,
      { ...onnxAttributes(attrs), output_padding: attrs.outputPadding },
      outputs,
    ),
  liftable: ([, kernel]) => !kernel,
  lift: (context) => [folded(transposedOp, context)],
});

export interface ConvolutionOptions {
  readonly strides?: readonly number[];
  readonly padding?: readonly number[];
  readonly dilations?: readonly number[];
}

function settings(x: Tensor, { strides, padding, dilations }: ConvolutionOptions): ConvolutionAttributes {
  const each = (value: number) => Array<number>(x.rank - 2).fill(value);
  return { strides: strides ?? each(1), padding: padding ?? each(0), dilations: dilations ?? each(1) };
}

/**
 * Cross-correlation of `x` `[N, C, ...spatial]` with a kernel `[M, C, ...spatial]`, to `[N, M, ...]`.
 *
 * @example
 * convolution(input("x", ["N", 3, 28, 28]), input("w", [8, 3, 5, 5]), { strides: [2, 2] }).toString()
 * // 'float32[N, 8, 12, 12]'
 */
export const convolution = (x: Tensor, kernel: Tensor, options: ConvolutionOptions = {}): Tensor =>
  apply1(convolutionOp, [x, kernel], { ...settings(x, options) });

/** The transposed (fractionally strided) convolution of `x` `[N, M, ...]` with a kernel `[M, C, ...]`, to `[N, C, ...]`. */
export const transposedConvolution = (
  x: Tensor,
  kernel: Tensor,
  { outputPadding, ...options }: ConvolutionOptions & { readonly outputPadding?: readonly number[] } = {},
): Tensor =>
  apply1(transposedOp, [x, kernel], {
    ...settings(x, options),
    outputPadding: outputPadding ?? Array<number>(x.rank - 2).fill(0),
  });
