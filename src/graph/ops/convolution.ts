/** Convolution and transposed convolution over any number of spatial axes; each is the other's gradient. */
import { type Dim, numeric, product, type Shape, type TensorType } from "../dims.ts";
import { GraphError } from "../error.ts";
import {
  type Attributes,
  apply1,
  defineOp,
  type LiftContext,
  type Lists,
  type LoweringContext,
  type Op,
  type Tensor,
} from "../tensor.ts";
import { flattenRows, matmul, reshape, sameDType, transpose } from "./algebra.ts";
import { concat, pad, slice } from "./layout.ts";

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

/** A kernel of more entries (5×5 has as many) has its gradient by a convolution: slices take a product and a copy for each entry. */
const mostSlices = 25;

/**
 * dW, by products of slices where no step is left out and the kernel is small, else by a convolution. One core of a Zen
 * 5, 8 pictures, ms by convolution → by slices: 96 to 96 channels, 3×3, 20×30 15.2 → 5.5; 24 to 24, 40×60 9.1 → 3.0; 32 to
 * 32, 5×5, 28×28 7.3 → 3.2; 1 to 24, 40×60 0.72 → 0.47; 8 to 8, 16×16 0.19 → 0.10. With strides of 2 slices lose: 24 to
 * 48, 4×4, 40×60 2.2 → 3.2. The larger the kernel, the less is won, or lost: 9×9, 8 to 8, 40×40 3.5 → 4.1; 11×11, 3 to 16
 * 2.1 → 6.3; 401 entries, 1 to 16 channels, 8000 steps 28 → 93; but 7×7, 24 to 24, 40×40 10.1 → 7.4. At 25 entries of a
 * sequence channels decide: 1 to 16, 4000 steps 0.4 → 0.8; 8 to 8 2.3 → 3.2; 48 to 48, 1000 steps 7.5 → 5.9.
 */
const kernelCotangent = (x: Tensor, kernel: Shape, g: Tensor, attrs: ConvolutionAttributes): Tensor =>
  isDense(attrs) && entriesOf(kernel) <= mostSlices
    ? slicedKernelCotangent(x, kernel, g, attrs)
    : swappedKernelCotangent(x, kernel, g, attrs);

const entriesOf = (kernel: Shape): number =>
  kernel.slice(2).reduce<number>((all, _, axis) => all * spatial(kernel, axis), 1);

const isDense = ({ strides }: ConvolutionAttributes): boolean => strides.every((stride) => stride === 1);

/** For each entry of the kernel, the product of the cotangent with the part of x that the entry has met. */
function slicedKernelCotangent(
  x: Tensor,
  kernel: Shape,
  g: Tensor,
  { padding, dilations }: ConvolutionAttributes,
): Tensor {
  const axes = padding.map((_, axis) => axis + 2);
  const padded = padding.reduce((all, size, axis) => (size === 0 ? all : pad(all, axis + 2, size, size)), x);
  const pixels = transpose(padded, [0, ...axes, 1]); // [N, ..., C]
  const cotangents = transpose(g, [1, 0, ...axes]); // [M, N, ...]
  const rows = reshape(cotangents, [g.shape[1] as Dim, product([g.shape[0] as Dim, ...g.shape.slice(2)])]);
  const met = (part: Tensor, axis: number): readonly Tensor[] => {
    if (axis === axes.length) return [part];
    const starts = Array.from({ length: spatial(kernel, axis) }, (_, i) => i * (dilations[axis] as number));
    const size = spatial(g.shape, axis);
    return starts.flatMap((start) => met(slice(part, axis + 1, start, start + size), axis + 1));
  };
  const products = met(pixels, 0).map((part) => matmul(rows, flattenRows(part))); // [M, C] each
  const all = reshape(concat(products, 0), [...kernel.slice(2), ...kernel.slice(0, 2)]); // [..., M, C]
  return transpose(all, [axes.length, axes.length + 1, ...axes.map((axis) => axis - 2)]);
}

/**
 * A convolution of x with the cotangent as kernel, batch and channels changing places and strides and dilations too;
 * entries that no step of the forward kernel reached are cut off.
 */
function swappedKernelCotangent(x: Tensor, kernel: Shape, g: Tensor, attrs: ConvolutionAttributes): Tensor {
  const swap = [1, 0, ...attrs.strides.map((_, axis) => axis + 2)];
  const product = apply1(convolutionOp, [transpose(x, swap), transpose(g, swap)], {
    strides: attrs.dilations,
    dilations: attrs.strides,
    padding: attrs.padding,
  });
  const cut = attrs.strides.reduce((all, _, axis) => slice(all, axis + 2, 0, spatial(kernel, axis)), product);
  return transpose(cut, swap);
}

/**
 * Whether a transposed convolution is written as a convolution with the kernel turned round: it can be where nothing is
 * skipped, and is faster unless pictures are small or channels become many more. One core of a Zen 5, 8 pictures, 3×3,
 * ms transposed → turned: 96 to 96 channels, 20×30 7.5 → 5.7; 24 to 24, 40×60 3.9 → 2.4; 12 to 48 6.0 → 1.9; 48 to 24
 * 5.4 → 4.4; but 48 to 12 3.4 → 3.5, 64 to 8, 20×30 0.8 → 1.3, and 128 to 128 on 8×8 1.3 → 1.4.
 */
function isBetterTurned([x, kernel]: Lists<TensorType>[2], attrs: TransposedAttributes): boolean {
  const [given, made] = kernel.shape as [Dim, Dim];
  const { padding, dilations, outputPadding } = attrs;
  const isWhole = padding.every((size, axis) => size <= reach(kernel.shape, dilations, axis));
  const pixels = padding.reduce((all, _, axis) => all * spatial(x.shape, axis), 1);
  return (
    isDense(attrs) &&
    isWhole &&
    outputPadding.every((size) => size === 0) &&
    pixels >= 100 &&
    2 * Number(made) >= Number(given)
  );
}

/** The same by a convolution: each entry of x is spread by the kernel where a turned kernel would gather it. */
function lowerTurned({
  inputs,
  types,
  outputs,
  attrs,
  emit,
  integers,
}: LoweringContext<TransposedAttributes, 2>): void {
  const { strides, padding, dilations } = attrs;
  const backwards = strides.map(() => -1);
  const axes = integers(strides.map((_, axis) => axis + 2));
  const beforeFirst = strides.map(() => -(2 ** 31));
  const reversed = emit("Slice", [
    inputs[1],
    integers(backwards),
    integers(beforeFirst),
    axes,
    integers(backwards),
  ]);
  const turned = emit("Transpose", [reversed], { perm: [1, 0, ...strides.map((_, axis) => axis + 2)] });
  const around = padding.map((size, axis) => reach(types[1].shape, dilations, axis) - size);
  emit("Conv", [inputs[0], turned], onnxAttributes({ strides, padding: around, dilations }), outputs);
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
  lower: (context) => {
    const { inputs, types, outputs, attrs, emit } = context;
    if (isBetterTurned(types, attrs)) return lowerTurned(context);
    const attributes = { ...onnxAttributes(attrs), output_padding: attrs.outputPadding };
    emit("ConvTranspose", inputs, attributes, outputs);
  },
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
