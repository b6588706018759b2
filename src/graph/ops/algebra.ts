/**
 * The ops that all gradients are made of: arithmetic, sums, broadcasting, changes of shape and matrix products.
 * They stand together because each one's gradient is written with the others.
 */
import {
  broadcast,
  type Dim,
  type DType,
  isFloat,
  normaliseAxis,
  product,
  type Shape,
  sameShape,
  type TensorType,
} from "../dims.ts";
import { GraphError } from "../error.ts";
import {
  type Arity,
  apply1,
  defineOp,
  type LiftContext,
  type Lists,
  type Op,
  type Tensor,
} from "../tensor.ts";
import { constant, isConstant, type Operand, operands } from "./leaves.ts";
import { lowerProduct, type MatmulAttributes } from "./product.ts";

// ------------------------------------------------------------------------------------------------ lifting

/** Gives a lifted tensor axes of size 1 behind time, so that it broadcasts against steps of a higher rank. */
function padRank(lifted: Tensor, missing: number): Tensor {
  if (missing === 0) return lifted;
  const [time, ...step] = lifted.shape as readonly [Dim, ...Dim[]];
  return reshape(lifted, [time, ...Array<Dim>(missing).fill(1), ...step]);
}

/** Inputs of an elementwise op, lifted ones padded to the highest rank. */
export function alignLifted({ inputs, lifted, ranks }: LiftContext<unknown, Arity>): readonly Tensor[] {
  const highest = Math.max(...ranks);
  return inputs.map((tensor, i) => (lifted[i] ? padRank(tensor, highest - (ranks[i] as number)) : tensor));
}

/** The time axis of lifted inputs. */
export function timeOf({ inputs, lifted }: LiftContext<unknown, Arity>): Dim {
  const first = inputs[lifted.indexOf(true)] as Tensor;
  return first.shape[0] as Dim;
}

// ------------------------------------------------------------------------------------------- arithmetic

export function sameDType(inputs: Lists<TensorType>["some"]): DType {
  const [first, ...others] = inputs;
  const other = others.find(({ dtype }) => dtype !== first.dtype);
  if (other !== undefined)
    throw new GraphError(`types ${first.dtype} and ${other.dtype} do not mix; cast one of them`);
  return first.dtype;
}

type BinaryGradient = (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => readonly (Tensor | undefined)[];

/** A row for an elementwise op of two operands with broadcasting. */
export function binaryOp(name: string, onnx: string, gradient: BinaryGradient): Op {
  const row: Op = defineOp<unknown, 2>({
    name,
    infer: (inputs) => {
      const [a, b] = inputs;
      return [{ dtype: sameDType(inputs), shape: broadcast(a.shape, b.shape) }];
    },
    gradient: ({ inputs: [a, b], output, cotangent }) => {
      const [da, db] = gradient(cotangent, a, b, output);
      return [da && sumTo(da, a.shape), db && sumTo(db, b.shape)];
    },
    lower: ({ inputs, outputs, emit }) => void emit(onnx, inputs, {}, outputs),
    lift: (context) => [apply1(row, alignLifted(context))],
  });
  return row;
}

export const addOp = binaryOp("add", "Add", (g) => [g, g]);
export const subOp = binaryOp("sub", "Sub", (g) => [g, neg(g)]);
export const mulOp = binaryOp("mul", "Mul", (g, a, b) => [mul(g, b), mul(g, a)]);
export const divOp = binaryOp("div", "Div", (g, _a, b, y) => [div(g, b), neg(mul(g, div(y, b)))]);

const fills = (whole: Tensor, part: Operand): boolean =>
  typeof part === "number" || sameShape(broadcast(whole.shape, part.shape), whole.shape);

/** a + b with broadcasting; at least one is a tensor. */
export function add(a: Operand, b: Operand): Tensor {
  const [left, right] = operands(a, b);
  if (isConstant(right, 0) && fills(left, right)) return left;
  if (isConstant(left, 0) && fills(right, left)) return right;
  return apply1(addOp, [left, right]);
}

/** a − b with broadcasting. */
export const sub = (a: Operand, b: Operand): Tensor => apply1(subOp, operands(a, b));

/** a·b, entry by entry, with broadcasting. */
export function mul(a: Operand, b: Operand): Tensor {
  const [left, right] = operands(a, b);
  if (isConstant(right, 1) && fills(left, right)) return left;
  if (isConstant(left, 1) && fills(right, left)) return right;
  return apply1(mulOp, [left, right]);
}

/** a/b, entry by entry, with broadcasting. */
export const div = (a: Operand, b: Operand): Tensor => apply1(divOp, operands(a, b));

export const negOp: Op = defineOp<unknown, 1>({
  name: "neg",
  infer: ([x]) => [x],
  gradient: ({ cotangent }) => [neg(cotangent)],
  lower: ({ inputs, outputs, emit }) => void emit("Neg", inputs, {}, outputs),
  lift: ({ inputs }) => [apply1(negOp, inputs)],
});

/** −x. */
export const neg = (x: Tensor): Tensor => apply1(negOp, [x]);

/** The sum of some tensors; a linear layer over several inputs is one. */
export function addAll(terms: readonly Tensor[]): Tensor {
  const [first, ...others] = terms;
  if (first === undefined) throw new GraphError("a sum needs at least one term");
  return others.reduce(add, first);
}

// ------------------------------------------------------------------------------------------ sums, expand

export interface ReduceAttributes {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** The shape that is left when `axes` are reduced. */
export function reducedShape(shape: Shape, { axes, keepDims }: ReduceAttributes): Shape {
  return keepDims
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** Axes as given (all, when none are), counted from the front. */
export const reducedAxes = (x: TensorType, axes?: readonly number[]): readonly number[] =>
  (axes ?? x.shape.map((_, axis) => axis))
    .map((axis) => normaliseAxis(axis, x.shape.length))
    .sort((a, b) => a - b);

/** A row for a reduction; `gradient` gets cotangent and output with the reduced axes kept as 1. */
export function reduceOp(
  name: string,
  onnx: string,
  gradient: (g: Tensor, x: Tensor, y: Tensor) => Tensor,
  lower?: Op<ReduceAttributes, 1>["lower"],
): Op {
  const row: Op = defineOp<ReduceAttributes, 1>({
    name,
    infer: ([x], attrs) => [{ dtype: x.dtype, shape: reducedShape(x.shape, attrs) }],
    gradient: ({ inputs: [x], output, attrs, cotangent }) => {
      const kept = reducedShape(x.shape, { ...attrs, keepDims: true });
      return [gradient(reshape(cotangent, kept), x, reshape(output, kept))];
    },
    lower:
      lower ??
      (({ inputs, outputs, attrs, emit, integers }) =>
        void emit(onnx, [...inputs, integers(attrs.axes)], { keepdims: attrs.keepDims ? 1 : 0 }, outputs)),
    lift: ({ inputs, attrs }) => [
      apply1(row, inputs, { ...attrs, axes: attrs.axes.map((axis) => axis + 1) }),
    ],
  });
  return row;
}

export const sumOp = reduceOp("sum", "ReduceSum", (g, x) => expand(g, x.shape));

/** Applies a row of `reduceOp`. Over no axes it is the identity; ONNX would take none for all. */
export function reduced(op: Op, x: Tensor, axes: readonly number[] | undefined, keepDims: boolean): Tensor {
  const counted = reducedAxes(x, axes);
  return counted.length === 0 ? x : apply1(op, [x], { axes: counted, keepDims });
}

export interface ReduceOptions {
  readonly keepDims?: boolean;
}

/**
 * The sum over some axes, or over all.
 *
 * @example
 * sum(input("x", ["T", "B", 3]), [-1]).toString() // 'float32[T, B]'
 */
export function sum(x: Tensor, axes?: readonly number[], { keepDims = false }: ReduceOptions = {}): Tensor {
  return reduced(sumOp, x, axes, keepDims);
}

/** Undoes broadcasting: sums a cotangent over the axes that an operand was stretched along. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const missing = x.rank - shape.length;
  const stretched = x.shape.flatMap((dim, axis) =>
    axis < missing || (shape[axis - missing] === 1 && dim !== 1) ? [axis] : [],
  );
  return reshape(sum(x, stretched, { keepDims: false }), shape);
}

export const expandOp: Op = defineOp<{ readonly shape: Shape }, 1>({
  name: "expand",
  infer: ([x], { shape }) => {
    if (!sameShape(broadcast(x.shape, shape), shape))
      throw new GraphError(`does not expand to [${shape.join(", ")}]`);
    return [{ dtype: x.dtype, shape }];
  },
  gradient: ({ inputs, cotangent }) => [sumTo(cotangent, inputs[0].shape)],
  lower: ({ inputs, outputs, attrs, emit, shape }) =>
    void emit("Expand", [inputs[0], shape(attrs.shape)], {}, outputs),
  lift: (context) => {
    const { inputs, ranks, attrs } = context;
    return [
      expand(padRank(inputs[0], attrs.shape.length - (ranks[0] as number)), [
        timeOf(context),
        ...attrs.shape,
      ]),
    ];
  },
});

/** Repeats along axes of size 1, and along new leading axes, up to `shape`. */
export const expand = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply1(expandOp, [x], { shape });

/** A tensor of one value, of the type and shape of another. */
export const filledLike = (x: TensorType, value: number): Tensor =>
  expand(constant([value], [], x.dtype), x.shape);

// ------------------------------------------------------------------------------------- changes of shape

export const reshapeOp: Op = defineOp<{ readonly shape: Shape }, 1>({
  name: "reshape",
  infer: ([x], { shape }) => {
    if (product(x.shape) !== product(shape))
      throw new GraphError(`[${shape.join(", ")}] has ${product(shape)} entries, not ${product(x.shape)}`);
    return [{ dtype: x.dtype, shape }];
  },
  gradient: ({ inputs, cotangent }) => [reshape(cotangent, inputs[0].shape)],
  lower: ({ inputs, outputs, attrs, emit, shape }) =>
    void emit("Reshape", [inputs[0], shape(attrs.shape)], { allowzero: 1 }, outputs),
  lift: (context) => [reshape(context.inputs[0], [timeOf(context), ...context.attrs.shape])],
});

/** The same entries in the same order under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const { node } = x;
  return node.op === reshapeOp ? reshape(node.input, shape) : apply1(reshapeOp, [x], { shape });
}

/** Merges all axes but the last: `[T, B, K]` to `[B*T, K]`. */
export const flattenRows = (x: Tensor): Tensor =>
  reshape(x, [product(x.shape.slice(0, -1)), x.shape.at(-1) as Dim]);

/** Adds an axis of size 1. */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  const at = normaliseAxis(axis, x.rank + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** Removes an axis of size 1. */
export function squeeze(x: Tensor, axis: number): Tensor {
  const at = normaliseAxis(axis, x.rank);
  return reshape(x, [...x.shape.slice(0, at), ...x.shape.slice(at + 1)]);
}

export const transposeOp: Op = defineOp<{ readonly axes: readonly number[] }, 1>({
  name: "transpose",
  infer: ([{ dtype, shape }], { axes }) => {
    if (axes.length !== shape.length || new Set(axes).size !== axes.length)
      throw new GraphError(`[${axes.join(", ")}] is no order of ${shape.length} axes`);
    return [{ dtype, shape: axes.map((axis) => shape[axis] as Dim) }];
  },
  gradient: ({ attrs, cotangent }) => [
    transpose(
      cotangent,
      attrs.axes.map((_, axis) => attrs.axes.indexOf(axis)),
    ),
  ],
  lower: ({ inputs, outputs, attrs, emit }) => void emit("Transpose", inputs, { perm: attrs.axes }, outputs),
  lift: ({ inputs, attrs }) => [transpose(inputs[0], [0, ...attrs.axes.map((axis) => axis + 1)])],
});

/** Reorders axes: axis i of the result is axis `axes[i]` of x. Without `axes`: the last two change places. */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  const order = axes?.map((axis) => normaliseAxis(axis, x.rank)) ?? lastTwoSwapped(x.rank);
  return order.every((axis, i) => axis === i) ? x : apply1(transposeOp, [x], { axes: order });
}

const castOp: Op = defineOp<{ readonly dtype: DType }, 1>({
  name: "cast",
  infer: ([x], { dtype }) => [{ dtype, shape: x.shape }],
  gradient: ({ inputs, cotangent }) => [
    isFloat(inputs[0].dtype) ? cast(cotangent, inputs[0].dtype) : undefined,
  ],
  lower: ({ inputs, outputs, attrs, emit }) =>
    void emit("Cast", inputs, { to: onnxType[attrs.dtype] }, outputs),
  lift: ({ inputs, attrs }) => [cast(inputs[0], attrs.dtype)],
});

/** ONNX's numbers for element types (TensorProto.DataType). */
export const onnxType: Readonly<Record<DType, number>> = { float32: 1, int64: 7, bool: 9, float64: 11 };

/** The same values in another type; to bool whatever is not 0 is true. No gradient flows through whole numbers. */
export const cast = (x: Tensor, dtype: DType): Tensor =>
  x.dtype === dtype ? x : apply1(castOp, [x], { dtype });

// ---------------------------------------------------------------------------------------- matrix product

export type { MatmulAttributes };

const swapped = (shape: Shape, flag: boolean): Shape =>
  flag ? [...shape.slice(0, -2), shape.at(-1) as Dim, shape.at(-2) as Dim] : shape;

export const matmulOp: Op = defineOp<MatmulAttributes, 2>({
  name: "matmul",
  infer: (inputs, { transposeA, transposeB }) => {
    const [a, b] = inputs.map(({ shape }) => shape) as [Shape, Shape];
    if (a.length < 2 || b.length < 2)
      throw new GraphError("a matrix product needs at least two axes on each side");
    const [left, right] = [swapped(a, transposeA), swapped(b, transposeB)];
    if (left.at(-1) !== right.at(-2))
      throw new GraphError(
        `inner sizes differ: ${left.at(-1)} columns on the left, ${right.at(-2)} rows on the right`,
      );
    const batch = broadcast(left.slice(0, -2), right.slice(0, -2));
    return [{ dtype: sameDType(inputs), shape: [...batch, left.at(-2) as Dim, right.at(-1) as Dim] }];
  },
  gradient: ({ inputs: [a, b], attrs: { transposeA, transposeB }, cotangent: g }) => {
    const da = transposeA
      ? matmul(b, g, { transposeA: transposeB, transposeB: true })
      : matmul(g, b, { transposeB: !transposeB });
    return [sumTo(da, a.shape), rightCotangent(a, b, g, transposeA, transposeB)];
  },
  lower: (context) => {
    const { inputs, types, outputs, attrs, emit } = context;
    if (types.every(({ shape }) => shape.length === 2)) return lowerProduct(context);
    const flags = [attrs.transposeA, attrs.transposeB] as const;
    const turned = inputs.map((name, i) =>
      flags[i] ? emit("Transpose", [name], { perm: lastTwoSwapped(types[i]!.shape.length) }) : name,
    );
    emit("MatMul", turned, {}, outputs);
  },
  lift: (context) => {
    const [a, b] = batchAligned(context) as [Tensor, Tensor];
    return [matmul(a, b, context.attrs)];
  },
});

/** Lifted matrices padded so that their batch axes broadcast; a lifted matrix against a plain one needs nothing. */
function batchAligned(context: LiftContext<unknown, 2>): readonly Tensor[] {
  return Math.max(...context.ranks) === 2 ? context.inputs : alignLifted(context);
}

/** dB of `op(A)·op(B) = G`; rows of a batch against one matrix become a single product over all rows. */
function rightCotangent(a: Tensor, b: Tensor, g: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  const shared = b.rank === 2 && a.rank > 2 && !transposeA;
  const [rows, cotangents] = shared ? [flattenRows(a), flattenRows(g)] : [a, g];
  const db = transposeB
    ? matmul(cotangents, rows, { transposeA: true, transposeB: transposeA })
    : matmul(rows, cotangents, { transposeA: !transposeA });
  return sumTo(db, b.shape);
}

const lastTwoSwapped = (rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));

/**
 * The matrix product over the last two axes; leading axes broadcast.
 *
 * @example
 * matmul(input("x", ["T", "B", 3]), input("w", [3, 5])).toString() // 'float32[T, B, 5]'
 */
export const matmul = (
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: Partial<MatmulAttributes> = {},
): Tensor => apply1(matmulOp, [a, b], { transposeA, transposeB });
