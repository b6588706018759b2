/**
 * Entries or rows that are added at indices to nothing, as the gradients of what was picked there: without the zeros. The
 * gradient of picked log-probabilities, u at the picked places less softmax·Σu, is full of such.
 */
import { sameShape } from "../graph/dims.ts";
import { addOp, type ReduceAttributes, sum, sumOp } from "../graph/ops/algebra.ts";
import { scatterAddAlongOp, scatterAddRowsOp } from "../graph/ops/indexing.ts";
import type { Rule } from "../graph/rebuild.ts";
import { apply1, type Tensor } from "../graph/tensor.ts";
import { isZero } from "./clean.ts";

/** x + (0 with u added at indices) is x with u added there. */
export const sumsWithScattered: Rule = ({ op, output }, inputs) => {
  if (op !== addOp || !inputs.every(({ shape }) => sameShape(shape, output.shape))) return undefined;
  const [a, b] = inputs as [Tensor, Tensor];
  const whole = addedTo(b, a) ?? addedTo(a, b);
  return whole && [whole];
};

/** All that was added to nothing, added to x instead; undefined of what was added to something. */
function addedTo(x: Tensor, { node }: Tensor): Tensor | undefined {
  if (node.op !== scatterAddAlongOp && node.op !== scatterAddRowsOp) return undefined;
  const [base, ...added] = node.inputs as [Tensor, Tensor, Tensor];
  const onto = isZero(base) ? x : addedTo(x, base);
  return onto && apply1(node.op, [onto, ...added], node.attrs);
}

/** The sum of what was added to nothing along an axis, over this axis, is that of what was added. */
export const sumsOverScattered: Rule = ({ op, attrs }, [scattered]) => {
  if (op !== sumOp || scattered?.node.op !== scatterAddAlongOp) return undefined;
  const { axes, keepDims } = attrs as unknown as ReduceAttributes;
  const { axis } = scattered.node.attrs as { readonly axis: number };
  const [base, , updates] = scattered.node.inputs as [Tensor, Tensor, Tensor];
  const reachesAll = updates.shape.every((dim, i) => i === axis || dim === scattered.shape[i]);
  return isZero(base) && axes.includes(axis) && reachesAll ? [sum(updates, axes, { keepDims })] : undefined;
};
