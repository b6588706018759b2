/**
 * x·[A B] + [a b], cut apart at once, becomes x·A + a and x·B + b: each layer has a product of its own, which can take what
 * is added to it as its addend and run its activation, and nothing is copied out of a wide one. Gates of a cell are such.
 */
import { sameShape } from "../graph/dims.ts";
import { add, addOp, type MatmulAttributes, matmul, matmulOp } from "../graph/ops/algebra.ts";
import { split, splitOp } from "../graph/ops/layout.ts";
import { Rebuilder, type Rule } from "../graph/rebuild.ts";
import { type Node, rootScope, type Tensor } from "../graph/tensor.ts";
import { usesEverywhere } from "./uses.ts";

export function cutProducts(outputs: readonly Tensor[]): readonly Tensor[] {
  const uses = usesEverywhere(outputs);
  const isCut = (tensor: Tensor): boolean => uses.get(tensor) === 1 && (isLayer(tensor) || isSum(tensor));
  /** A sum with a layer in it. */
  const isSum = ({ node, shape }: Tensor): boolean =>
    node.op === addOp && node.inputs.some((each) => sameShape(each.shape, shape) && isCut(each));
  /** The parts of a tensor along its last axis, each computed by itself. */
  const cut = (tensor: Tensor, sizes: readonly number[]): readonly Tensor[] => {
    if (!isCut(tensor)) return partsOf(rebuilder.get(tensor), sizes);
    const inputs = tensor.node.inputs as readonly [Tensor, Tensor];
    if (isLayer(tensor))
      return cutLayer(
        inputs.map((each) => rebuilder.get(each)),
        tensor.node,
        sizes,
      );
    const [left, right] = inputs.map((each) => cut(each, sizes)) as [readonly Tensor[], readonly Tensor[]];
    return left.map((part, i) => add(part, right[i] as Tensor));
  };
  const rule: Rule = ({ op, attrs, inputs: [x] }) => {
    const cuts = op === splitOp && x !== undefined && attrs["axis"] === x.rank - 1 && isCut(x);
    return cuts ? cut(x, attrs["sizes"] as readonly number[]) : undefined;
  };
  const rebuilder = new Rebuilder({ rule });
  return rebuilder.all(outputs);
}

/** A product of rows with a weight that is not computed at each step anew. */
function isLayer({ node, scope }: Tensor): boolean {
  const [, weight] = node.inputs;
  return node.op === matmulOp && weight?.rank === 2 && (weight.scope !== scope || scope === rootScope);
}

function cutLayer(
  [x, weight]: readonly Tensor[],
  { attrs }: Node,
  sizes: readonly number[],
): readonly Tensor[] {
  const { transposeB } = attrs as unknown as MatmulAttributes;
  const weights = split(weight as Tensor, sizes, transposeB ? 0 : 1);
  return weights.map((part) => matmul(x as Tensor, part, attrs));
}

/** What has a column for all, or none, is a part of each. */
const partsOf = (x: Tensor, sizes: readonly number[]): readonly Tensor[] =>
  x.rank > 0 && x.shape.at(-1) !== 1 ? split(x, sizes) : sizes.map(() => x);
