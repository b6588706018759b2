/**
 * x·[A B] + [a b], cut apart at once, becomes x·A + a and x·B + b: each layer has a product of its own, which can take what
 * is added to it as its addend and run its activation, and nothing is copied out of a wide one. Gates of a cell are such.
 */
import { sameShape } from "../graph/dims.ts";
import { add, addOp, type MatmulAttributes, matmul, matmulOp } from "../graph/ops/algebra.ts";
import { split, splitOp } from "../graph/ops/layout.ts";
import { Rebuilder, type Rule } from "../graph/rebuild.ts";
import type { Node, Tensor } from "../graph/tensor.ts";
import { usesEverywhere } from "./uses.ts";

export function cutProducts(outputs: readonly Tensor[]): readonly Tensor[] {
  const uses = usesEverywhere(outputs);
  const rule: Rule = (node) => {
    if (!cutsColumns(node) || !isCuttable(node.input, uses)) return undefined;
    return cut(node.input, node.attrs["sizes"] as readonly number[], (tensor) => rebuilder.get(tensor));
  };
  const rebuilder = new Rebuilder({ rule });
  return rebuilder.all(outputs);
}

const cutsColumns = ({ op, attrs, inputs }: Node): boolean =>
  op === splitOp && attrs["axis"] === (inputs[0] as Tensor).rank - 1;

/** A product of rows with a weight, or a sum with such a product in it, that nothing else uses. */
function isCuttable(tensor: Tensor, uses: ReadonlyMap<Tensor, number>): boolean {
  const { op, inputs } = tensor.node;
  if (uses.get(tensor) !== 1) return false;
  if (op === matmulOp) return inputs[1]?.rank === 2;
  return op === addOp && inputs.some((each) => sameShape(each.shape, tensor.shape) && isCuttable(each, uses));
}

type Rebuilt = (tensor: Tensor) => Tensor;

/** The parts of a sum of products along its last axis, each computed by itself. */
function cut(tensor: Tensor, sizes: readonly number[], rebuilt: Rebuilt): readonly Tensor[] {
  const { op, inputs } = tensor.node;
  if (op === matmulOp && inputs[1]?.rank === 2) return cutProduct(tensor.node, sizes, rebuilt);
  if (op !== addOp) return isWide(tensor) ? split(rebuilt(tensor), sizes) : sizes.map(() => rebuilt(tensor));
  const [left, right] = inputs.map((each) => cut(each, sizes, rebuilt)) as [
    readonly Tensor[],
    readonly Tensor[],
  ];
  return left.map((part, i) => add(part, right[i] as Tensor));
}

/** Whether it has columns of its own, rather than one for all or none. */
const isWide = ({ shape }: Tensor): boolean => shape.length > 0 && shape.at(-1) !== 1;

function cutProduct({ inputs, attrs }: Node, sizes: readonly number[], rebuilt: Rebuilt): readonly Tensor[] {
  const [x, weight] = inputs.map(rebuilt) as [Tensor, Tensor];
  const { transposeB } = attrs as unknown as MatmulAttributes;
  return split(weight, sizes, transposeB ? 0 : 1).map((part) => matmul(x, part, attrs));
}
