/** Picking entries by index and adding entries at indices: embeddings and their gradients. */
import { normaliseAxis, type Shape, sameShape, type TensorType } from "../dims.ts";
import { GraphError } from "../error.ts";
import { apply1, defineOp, type Op, type Tensor } from "../tensor.ts";
import { cast, filledLike, sameDType, unsqueeze } from "./algebra.ts";
import { allLifted } from "./layout.ts";
import { constant } from "./leaves.ts";
import { equal } from "./pointwise.ts";

const needsIndices = (type: TensorType): void => {
  if (type.dtype !== "int64") throw new GraphError(`indices have to be int64, not ${type.dtype}`);
};

const gatherRowsOp: Op = defineOp<unknown>({
  name: "gatherRows",
  infer: ([table, indices]) => {
    const [rows, at] = [table, indices] as [TensorType, TensorType];
    needsIndices(at);
    return [{ dtype: rows.dtype, shape: [...at.shape, ...rows.shape.slice(1)] }];
  },
  gradient: ({ inputs, cotangent }) => {
    const [table, indices] = inputs as [Tensor, Tensor];
    return [scatterAddRows(filledLike(table, 0), indices, cotangent), undefined];
  },
  lower: ({ inputs, outputs, emit }) => void emit("Gather", inputs, { axis: 0 }, outputs),
  // Only a table that is the same at every step can be looked up for all steps at once.
  lift: ({ inputs }) => [apply1(gatherRowsOp, inputs)],
  liftable: ([table]) => !table,
});

/**
 * Rows of a table by index: an embedding.
 *
 * @example
 * gatherRows(input("table", [1000, 64]), input("tokens", ["T", "B"], "int64")).toString() // 'float32[T, B, 64]'
 */
export const gatherRows = (table: Tensor, indices: Tensor): Tensor => apply1(gatherRowsOp, [table, indices]);

const scatterAddRowsOp: Op = defineOp<unknown>({
  name: "scatterAddRows",
  infer: (inputs) => {
    const [base, indices, rows] = inputs as [TensorType, TensorType, TensorType];
    needsIndices(indices);
    const expected: Shape = [...indices.shape, ...base.shape.slice(1)];
    if (!sameShape(rows.shape, expected)) throw new GraphError(`rows have to be [${expected.join(", ")}]`);
    return [{ dtype: sameDType([base, rows]), shape: base.shape }];
  },
  gradient: ({ inputs, cotangent }) => [cotangent, undefined, gatherRows(cotangent, inputs[1] as Tensor)],
  lower: ({ inputs, types, outputs, emit, integers }) => {
    const indices = types[1] as TensorType;
    const column = emit("Unsqueeze", [inputs[1] as string, integers([indices.shape.length])]);
    emit("ScatterND", [inputs[0] as string, column, inputs[2] as string], { reduction: "add" }, outputs);
  },
});

/** `base` with rows added at indices; rows of the same index add up. */
export const scatterAddRows = (base: Tensor, indices: Tensor, rows: Tensor): Tensor =>
  apply1(scatterAddRowsOp, [base, indices, rows]);

interface AxisAttributes {
  readonly axis: number;
}

const gatherAlongOp: Op = defineOp<AxisAttributes>({
  name: "gatherAlong",
  infer: ([x, indices]) => {
    needsIndices(indices as TensorType);
    if ((x as TensorType).shape.length !== (indices as TensorType).shape.length)
      throw new GraphError("indices need the rank of the tensor that they pick from");
    return [{ dtype: (x as TensorType).dtype, shape: (indices as TensorType).shape }];
  },
  gradient: ({ inputs, attrs, cotangent }) => {
    const [x, indices] = inputs as [Tensor, Tensor];
    return [scatterAddAlong(filledLike(x, 0), indices, cotangent, attrs.axis), undefined];
  },
  lower: ({ inputs, outputs, attrs, emit }) =>
    void emit("GatherElements", inputs, { axis: attrs.axis }, outputs),
  lift: (context) => {
    const [x, indices] = allLifted(context) as [Tensor, Tensor];
    return [gatherAlong(x, indices, context.attrs.axis + 1)];
  },
});

/** For each position the entry whose index along `axis` is given there. */
export const gatherAlong = (x: Tensor, indices: Tensor, axis: number): Tensor =>
  apply1(gatherAlongOp, [x, indices], { axis: normaliseAxis(axis, x.rank) });

const scatterAddAlongOp: Op = defineOp<AxisAttributes>({
  name: "scatterAddAlong",
  infer: (inputs) => {
    const [base, indices, updates] = inputs as [TensorType, TensorType, TensorType];
    needsIndices(indices);
    if (!sameShape(indices.shape, updates.shape)) throw new GraphError("needs one update per index");
    return [{ dtype: sameDType([base, updates]), shape: base.shape }];
  },
  gradient: ({ inputs, attrs, cotangent }) => [
    cotangent,
    undefined,
    gatherAlong(cotangent, inputs[1] as Tensor, attrs.axis),
  ],
  lower: ({ inputs, outputs, attrs, emit }) =>
    void emit("ScatterElements", inputs, { axis: attrs.axis, reduction: "add" }, outputs),
});

/** `base` with each update added at the index given for it along `axis`. */
export const scatterAddAlong = (base: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor =>
  apply1(scatterAddAlongOp, [base, indices, updates], { axis: normaliseAxis(axis, base.rank) });

/** Indices as vectors with a single 1: `[...]` to `[..., classes]`. */
export function oneHot(indices: Tensor, classes: number, dtype: "float32" | "float64" = "float32"): Tensor {
  const levels = constant([...Array(classes).keys()], [classes], "int64");
  return cast(equal(unsqueeze(indices, -1), levels), dtype);
}
