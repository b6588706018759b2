/** Which values of a loop are collected step by step, and which are better computed again for all steps at once. */
import { addOp, mulOp, negOp, subOp } from "../graph/ops/algebra.ts";
import { splitOp } from "../graph/ops/layout.ts";
import { whereOp } from "../graph/ops/pointwise.ts";
import type { Op, Tensor } from "../graph/tensor.ts";

/** What costs no more for all steps at once than to collect its result: that takes each step a copy and a kernel to start. */
const cheap: ReadonlySet<Op> = new Set([addOp, subOp, mulOp, negOp, whereOp, splitOp]);

/**
 * The values to collect so that all that are asked for can be had: those that do not follow by cheap ops from others, and
 * from what is there without the loop.
 *
 * @param asked values of the loop that are wanted of all steps
 * @param isOutside whether a value is there for all steps without the loop
 */
export function leastStacks(
  asked: readonly Tensor[],
  isOutside: (tensor: Tensor) => boolean,
): ReadonlySet<Tensor> {
  const wanted = new Set(wholes(asked));
  const follows = ({ node }: Tensor): boolean =>
    cheap.has(node.op) &&
    node.inputs.every((each) => isOutside(each) || wanted.has(each) || follows(each));
  return new Set([...wanted].filter((tensor) => !follows(tensor)));
}

/** What is cut into parts is asked for in one piece where several of them are. */
function wholes(asked: readonly Tensor[]): readonly Tensor[] {
  const isPart = (tensor: Tensor): boolean => tensor.node.op === splitOp;
  const parts = (node: Tensor["node"]): number => asked.filter((tensor) => tensor.node === node).length;
  return asked.map((tensor) => (isPart(tensor) && parts(tensor.node) > 1 ? tensor.node.input : tensor));
}
