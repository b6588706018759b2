/** Putting entries in order. */
import { normaliseAxis, type TensorType } from "../dims.ts";
import { apply, apply1, defineOp, type Op, type Tensor } from "../tensor.ts";
import { filledLike } from "./algebra.ts";
import { scatterAddAlong } from "./indexing.ts";

interface AxisAttributes {
  readonly axis: number;
}

/** Two outputs: the entries in ascending order, and where each came from. */
const sortOp: Op = defineOp<AxisAttributes>({
  name: "sort",
  infer: ([x]) => {
    const { dtype, shape } = x as TensorType;
    return [
      { dtype, shape },
      { dtype: "int64", shape },
    ];
  },
  gradient: ({ inputs, outputs, attrs, cotangent }) => {
    const [x, order] = [inputs[0] as Tensor, outputs[1] as Tensor];
    return [scatterAddAlong(filledLike(x, 0), order, cotangent, attrs.axis)];
  },
  lower: ({ inputs, types, outputs, attrs, emit, shape }) => {
    const size = shape([(types[0] as TensorType).shape[attrs.axis] as number]);
    emit("TopK", [inputs[0] as string, size], { axis: attrs.axis, largest: 0, sorted: 1 }, outputs);
  },
  lift: ({ inputs, attrs }) => apply(sortOp, inputs, { axis: attrs.axis + 1 }),
});

/**
 * The entries along an axis in ascending order.
 *
 * @example
 * sort(input("draws", [32, "B", 3]), 0).toString() // 'float32[32, B, 3]'
 */
export const sort = (x: Tensor, axis = -1): Tensor =>
  apply1(sortOp, [x], { axis: normaliseAxis(axis, x.rank) });
