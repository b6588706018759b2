/** Reductions other than the plain sum, normalisation over an axis, and running sums. */
import { type Dim, factorOf, normaliseAxis, numeric, product } from "../dims.ts";
import { GraphError } from "../error.ts";
import { apply, apply1, defineOp, type Op, type Tensor } from "../tensor.ts";
import {
  add,
  cast,
  div,
  filledLike,
  mul,
  neg,
  type ReduceAttributes,
  type ReduceOptions,
  reduced,
  reducedAxes,
  reducedShape,
  reduceOp,
  sub,
  sum,
} from "./algebra.ts";
import { scatterAddAlong } from "./indexing.ts";
import { boundedBelow, equal, exp, lowest } from "./pointwise.ts";

const countOver = (x: Tensor, axes: readonly number[]): number =>
  axes.reduce((all, axis) => all * numeric(x.shape[axis], "the size of an axis that is averaged"), 1);

/** The mean over axes of known size; over a named axis divide a sum by the count that you feed. */
export function mean(x: Tensor, axes?: readonly number[], options: ReduceOptions = {}): Tensor {
  const counted = reducedAxes(x, axes);
  return mul(sum(x, counted, options), 1 / countOver(x, counted));
}

/** Ties share the cotangent. */
const maxOp = reduceOp("max", "ReduceMax", (g, x, y) => {
  const winners = cast(equal(x, y), x.dtype);
  return div(mul(g, winners), sum(winners, sharedAxes(x, y), { keepDims: true }));
});

/** Axes over which `y` (kept as 1) was reduced from `x`. */
const sharedAxes = (x: Tensor, y: Tensor): readonly number[] =>
  x.shape.flatMap((dim, axis) => (dim !== y.shape[axis] ? [axis] : []));

/** The largest entry over axes (all unless told); ties share the gradient. */
export const max = (x: Tensor, axes?: readonly number[], { keepDims = false }: ReduceOptions = {}): Tensor =>
  reduced(maxOp, x, axes, keepDims);

/** From so many entries under one logarithm on, vectorised pieces are faster than ONNX Runtime's kernel. */
const manyTerms = 64;

/**
 * max + log Σ exp(x − max), the maximum held among the finite numbers. ONNX Runtime's own kernel works entry by entry:
 * for large tensors (those of all time steps, of rank 3 and more) the vectorised pieces take a third of its time.
 */
const lowerLogSumExp: Op<ReduceAttributes, 1>["lower"] = (context) => {
  const { inputs, types, outputs, attrs, emit, integers, constant } = context;
  const [{ dtype, shape }] = types;
  const axes = integers(attrs.axes);
  const keepdims = attrs.keepDims ? 1 : 0;
  const terms = attrs.axes.map((axis) => shape[axis] as Dim);
  const isSmall = terms.every((dim) => typeof dim === "number") && factorOf(product(terms)) < manyTerms;
  if (shape.length < 3 && isSmall)
    return void emit("ReduceLogSumExp", [...inputs, axes], { keepdims }, outputs);
  const least = lowest[dtype] as number;
  const largest = emit("ReduceMax", [...inputs, axes], { keepdims: 1 });
  const top = emit("Clip", [largest, constant([least], dtype, []), constant([-least], dtype, [])]);
  const shares = emit("Exp", [emit("Sub", [inputs[0], top])]);
  const logarithm = emit("Log", [emit("ReduceSum", [shares, axes], { keepdims })]);
  emit("Add", [attrs.keepDims ? top : emit("Squeeze", [top, axes]), logarithm], {}, outputs);
};

/** Where all is −∞ no gradient flows. */
const logSumExpOp = reduceOp(
  "logSumExp",
  "ReduceLogSumExp",
  (g, x, y) => mul(g, exp(sub(x, boundedBelow(y)))),
  lowerLogSumExp,
);

/** log Σ exp(x), without overflow; −∞ where all entries are. */
export const logSumExp = (
  x: Tensor,
  axes?: readonly number[],
  { keepDims = false }: ReduceOptions = {},
): Tensor => reduced(logSumExpOp, x, axes, keepDims);

interface AxisAttributes {
  readonly axis: number;
}

type AxisGradient = (g: Tensor, y: Tensor, axis: number) => Tensor;

/** A row for an op along one axis that keeps the shape. */
function axisOp(name: string, onnx: string, gradient: AxisGradient): (x: Tensor, axis: number) => Tensor {
  const row: Op = defineOp<AxisAttributes, 1>({
    name,
    infer: ([x]) => [x],
    gradient: ({ output, attrs, cotangent }) => [gradient(cotangent, output, attrs.axis)],
    lower: ({ inputs, outputs, attrs, emit }) => void emit(onnx, inputs, { axis: attrs.axis }, outputs),
    lift: ({ inputs, attrs }) => [apply1(row, inputs, { axis: attrs.axis + 1 })],
  });
  return (x, axis) => apply1(row, [x], { axis: normaliseAxis(axis, x.rank) });
}

/** Probabilities along an axis (the last, unless said). */
export const softmax = (x: Tensor, axis = -1): Tensor => softmaxOver(x, axis);
const softmaxOver = axisOp("softmax", "Softmax", (g, y, axis) => {
  const weighted = mul(g, y);
  return sub(weighted, mul(y, sum(weighted, [axis], { keepDims: true })));
});

/** Log-probabilities along an axis (the last, unless said). */
export const logSoftmax = (x: Tensor, axis = -1): Tensor => logSoftmaxOver(x, axis);
/** A sum, no difference: the cotangent of picked entries is then added to the other term where they stand. */
const logSoftmaxOver = axisOp("logSoftmax", "LogSoftmax", (g, y, axis) =>
  add(g, mul(exp(y), neg(sum(g, [axis], { keepDims: true })))),
);

interface CumsumAttributes extends AxisAttributes {
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

const cumsumOp: Op = defineOp<CumsumAttributes, 1>({
  name: "cumsum",
  infer: ([x]) => [x],
  gradient: ({ attrs, cotangent }) => [apply1(cumsumOp, [cotangent], { ...attrs, reverse: !attrs.reverse })],
  lower: ({ inputs, outputs, attrs, emit, constant }) => {
    const flags = { exclusive: attrs.exclusive ? 1 : 0, reverse: attrs.reverse ? 1 : 0 };
    emit("CumSum", [inputs[0], constant([attrs.axis], "int64", [])], flags, outputs);
  },
  lift: ({ inputs, attrs }) => [apply1(cumsumOp, inputs, { ...attrs, axis: attrs.axis + 1 })],
});

/** Running sums along an axis; `exclusive` leaves out the entry itself, `reverse` runs from the end. */
export const cumsum = (x: Tensor, axis: number, { exclusive = false, reverse = false } = {}): Tensor =>
  apply1(cumsumOp, [x], { axis: normaliseAxis(axis, x.rank), exclusive, reverse });

const argmaxOp: Op = defineOp<AxisAttributes, 1>({
  name: "argmax",
  infer: ([x], { axis }) => [
    { dtype: "int64", shape: reducedShape(x.shape, { axes: [axis], keepDims: false }) },
  ],
  lower: ({ inputs, outputs, attrs, emit }) =>
    void emit("ArgMax", inputs, { axis: attrs.axis, keepdims: 0 }, outputs),
  lift: ({ inputs, attrs }) => [apply1(argmaxOp, inputs, { axis: attrs.axis + 1 })],
});

/** The index of the largest entry along an axis (the first of equals). */
export const argmax = (x: Tensor, axis = -1): Tensor =>
  apply1(argmaxOp, [x], { axis: normaliseAxis(axis, x.rank) });

interface TopKAttributes extends AxisAttributes {
  readonly k: number;
}

const topKOp: Op = defineOp<TopKAttributes, 1>({
  name: "topK",
  infer: ([{ dtype, shape }], { axis, k }) => {
    const size = shape[axis] as Dim;
    if (!Number.isInteger(k) || k < 1 || (typeof size === "number" && k > size))
      throw new GraphError(`there are no ${k} largest of ${size}`);
    const kept = shape.map((dim, i) => (i === axis ? k : dim));
    return [
      { dtype, shape: kept },
      { dtype: "int64", shape: kept },
    ];
  },
  gradient: ({ inputs, outputs, attrs, cotangents: [g] }) => {
    if (g === undefined) return [];
    return [scatterAddAlong(filledLike(inputs[0], 0), outputs[1] as Tensor, g, attrs.axis)];
  },
  lower: ({ inputs, outputs, attrs: { axis, k }, emit, integers }) =>
    void emit("TopK", [inputs[0], integers([k])], { axis }, outputs),
  lift: ({ inputs, attrs }) => apply(topKOp, inputs, { ...attrs, axis: attrs.axis + 1 }),
});

/** The largest entries along an axis and where they stand. */
export interface TopK {
  /** From the largest on, `[..., k]`. */
  readonly values: Tensor;
  /** Their places along the axis, int64; of equals the first comes first. */
  readonly indices: Tensor;
}

/**
 * The k largest entries along an axis (the last, unless said), in falling order.
 *
 * @throws GraphError when the axis is known to be shorter than k.
 * @example
 * const { values, indices } = topK(input("scores", ["B", 50]), 5);
 * `${values} ${indices}` // 'float32[B, 5] int64[B, 5]'
 */
export function topK(x: Tensor, k: number, axis = -1): TopK {
  const [values, indices] = apply(topKOp, [x], { axis: normaliseAxis(axis, x.rank), k }) as [Tensor, Tensor];
  return { values, indices };
}
