/** Picking entries by index and adding entries at indices: embeddings and their gradients. */
import { normaliseAxis, product, type Shape, sameShape, type TensorType } from "../dims.ts";
import { GraphError } from "../error.ts";
import { apply1, defineOp, type LoweringContext, type Op, type Tensor } from "../tensor.ts";
import { cast, filledLike, sameDType, unsqueeze } from "./algebra.ts";
import { allLifted } from "./layout.ts";
import { constant } from "./leaves.ts";
import { equal } from "./pointwise.ts";

const needsIndices = (type: TensorType): void => {
  if (type.dtype !== "int64") throw new GraphError(`indices have to be int64, not ${type.dtype}`);
};

interface RowsAttributes {
  /** How many leading axes table and indices share: each place there has a table of its own. */
  readonly batch: number;
}

/** Where rows are picked from a table of each place of a batch. */
export interface RowsOptions {
  /** How many leading axes table and indices share; none unless said. */
  readonly batch?: number;
}

/** The shape of rows picked from (or added to) a table at indices. */
function rowsShape(table: TensorType, indices: TensorType, batch: number): Shape {
  needsIndices(indices);
  if (table.shape.length <= batch || !sameShape(table.shape.slice(0, batch), indices.shape.slice(0, batch)))
    throw new GraphError(
      `table and indices have to share their first ${batch} axes, and rows come behind them`,
    );
  return [...indices.shape, ...table.shape.slice(batch + 1)];
}

const gatherRowsOp: Op = defineOp<RowsAttributes, 2>({
  name: "gatherRows",
  infer: ([table, indices], { batch }) => [{ dtype: table.dtype, shape: rowsShape(table, indices, batch) }],
  gradient: ({ inputs: [table, indices], attrs, cotangent }) => {
    return [scatterAddRows(filledLike(table, 0), indices, cotangent, attrs), undefined];
  },
  lower: ({ inputs, types, outputs, attrs: { batch }, emit, integers }) => {
    if (batch === 0) return void emit("Gather", inputs, { axis: 0 }, outputs);
    const rank = types[1].shape.length;
    const column = emit("Unsqueeze", [inputs[1], integers([rank])]);
    emit("GatherND", [inputs[0], column], { batch_dims: batch }, outputs);
  },
  lift: (context) => {
    const { inputs, lifted, attrs } = context;
    // A table that is the same at every step is looked up for all steps at once.
    if (attrs.batch === 0 && !lifted[0]) return [apply1(gatherRowsOp, inputs, { ...attrs })];
    return [apply1(gatherRowsOp, allLifted(context), { batch: attrs.batch + 1 })];
  },
});

/**
 * Rows of a table by index: an embedding. With a batch, each place of the leading axes has a table of its own: particles
 * pick their ancestors so.
 *
 * @example
 * gatherRows(input("table", [1000, 64]), input("tokens", ["T", "B"], "int64")).toString() // 'float32[T, B, 64]'
 * gatherRows(input("h", ["B", 8, 64]), input("ancestors", ["B", 8], "int64"), { batch: 1 }).toString()
 * // 'float32[B, 8, 64]'
 */
export const gatherRows = (table: Tensor, indices: Tensor, { batch = 0 }: RowsOptions = {}): Tensor =>
  apply1(gatherRowsOp, [table, indices], { batch });

/** The row of `scatterAddRows`. */
export const scatterAddRowsOp: Op = defineOp<RowsAttributes, 3>({
  name: "scatterAddRows",
  infer: (inputs, { batch }) => {
    const [base, indices, rows] = inputs;
    const expected = rowsShape(base, indices, batch);
    if (!sameShape(rows.shape, expected)) throw new GraphError(`rows have to be [${expected.join(", ")}]`);
    return [{ dtype: sameDType([base, rows]), shape: base.shape }];
  },
  gradient: ({ inputs, attrs, cotangent }) => [cotangent, undefined, gatherRows(cotangent, inputs[1], attrs)],
  lower: (context) => (context.attrs.batch === 0 ? lowerScatter(context) : lowerBatchedScatter(context)),
  lift: (context) => [apply1(scatterAddRowsOp, allLifted(context), { batch: context.attrs.batch + 1 })],
});

function lowerScatter({ inputs, types, outputs, emit, integers }: LoweringContext<RowsAttributes, 3>): void {
  const rank = types[1].shape.length;
  const column = emit("Unsqueeze", [inputs[1], integers([rank])]);
  emit("ScatterND", [inputs[0], column, inputs[2]], { reduction: "add" }, outputs);
}

/** ONNX adds rows to one table only, but entries along an axis: each row's index is repeated for all its entries. */
function lowerBatchedScatter(context: LoweringContext<RowsAttributes, 3>): void {
  const { inputs, types, outputs, attrs, emit, shape } = context;
  const [base, indices] = types.map((type) => type.shape) as [Shape, Shape, Shape];
  const row = base.slice(attrs.batch + 1);
  const places = [...indices.slice(0, attrs.batch), product(indices.slice(attrs.batch))];
  const reshaped = (name: string, dims: Shape) => emit("Reshape", [name, shape(dims)], { allowzero: 1 });
  const column = reshaped(inputs[1], [...places, ...row.map(() => 1)]);
  const everywhere = emit("Expand", [column, shape([...places, ...row])]);
  const rows = reshaped(inputs[2], [...places, ...row]);
  const attributes = { axis: attrs.batch, reduction: "add" };
  emit("ScatterElements", [inputs[0], everywhere, rows], attributes, outputs);
}

/** `base` with rows added at indices; rows of the same index add up. With a batch, each place has a base of its own. */
export const scatterAddRows = (
  base: Tensor,
  indices: Tensor,
  rows: Tensor,
  { batch = 0 }: RowsOptions = {},
): Tensor => apply1(scatterAddRowsOp, [base, indices, rows], { batch });

interface AxisAttributes {
  readonly axis: number;
}

const gatherAlongOp: Op = defineOp<AxisAttributes, 2>({
  name: "gatherAlong",
  infer: ([x, indices]) => {
    needsIndices(indices);
    if (x.shape.length !== indices.shape.length)
      throw new GraphError("indices need the rank of the tensor that they pick from");
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  gradient: ({ inputs: [x, indices], attrs, cotangent }) => {
    return [scatterAddAlong(filledLike(x, 0), indices, cotangent, attrs.axis), undefined];
  },
  lower: ({ inputs, outputs, attrs, emit }) =>
    void emit("GatherElements", inputs, { axis: attrs.axis }, outputs),
  lift: (context) => {
    const [x, indices] = allLifted(context);
    return [gatherAlong(x, indices, context.attrs.axis + 1)];
  },
});

/** For each position the entry whose index along `axis` is given there. */
export const gatherAlong = (x: Tensor, indices: Tensor, axis: number): Tensor =>
  apply1(gatherAlongOp, [x, indices], { axis: normaliseAxis(axis, x.rank) });

/** The row of `scatterAddAlong`. */
export const scatterAddAlongOp: Op = defineOp<AxisAttributes, 3>({
  name: "scatterAddAlong",
  infer: (inputs) => {
    const [base, indices, updates] = inputs;
    needsIndices(indices);
    if (!sameShape(indices.shape, updates.shape)) throw new GraphError("needs one update per index");
    return [{ dtype: sameDType([base, updates]), shape: base.shape }];
  },
  gradient: ({ inputs, attrs, cotangent }) => [
    cotangent,
    undefined,
    gatherAlong(cotangent, inputs[1], attrs.axis),
  ],
  lower: ({ inputs, outputs, attrs, emit }) =>
    void emit("ScatterElements", inputs, { axis: attrs.axis, reduction: "add" }, outputs),
  lift: (context) => {
    const [base, indices, updates] = allLifted(context);
    return [scatterAddAlong(base, indices, updates, context.attrs.axis + 1)];
  },
});

/** `base` with each update added at the index given for it along `axis`. */
export const scatterAddAlong = (base: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor =>
  apply1(scatterAddAlongOp, [base, indices, updates], { axis: normaliseAxis(axis, base.rank) });

/** Indices as vectors with a single 1: `[...]` to `[..., classes]`. */
export function oneHot(indices: Tensor, classes: number, dtype: "float32" | "float64" = "float32"): Tensor {
  const levels = constant([...Array(classes).keys()], [classes], "int64");
  return cast(equal(unsqueeze(indices, -1), levels), dtype);
}
