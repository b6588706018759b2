/** x·W + b as one kernel, the last step before lowering: the fused op has no gradient. */
import { broadcast, sameShape, type TensorType } from "../graph/dims.ts";
import { GraphError } from "../graph/error.ts";
import {
  addOp,
  flattenRows,
  type MatmulAttributes,
  matmulOp,
  reshape,
  sameDType,
} from "../graph/ops/algebra.ts";
import { lowerProduct } from "../graph/ops/product.ts";
import { Rebuilder, type Rule } from "../graph/rebuild.ts";
import { isScan } from "../graph/scan.ts";
import { apply1, defineOp, type Node, type Tensor } from "../graph/tensor.ts";
import { bodyNodes, nodesBelow } from "../graph/traverse.ts";
import { countUses } from "./uses.ts";

const gemmOp = defineOp<MatmulAttributes, 3>({
  name: "gemm",
  infer: (inputs, attrs) => {
    const [a, b, c] = inputs;
    const [product] = matmulOp.infer([a, b], { ...attrs }) as [TensorType];
    if (!sameShape(broadcast(product.shape, c.shape), product.shape))
      throw new GraphError("the addend does not fit the product");
    return [{ dtype: sameDType(inputs), shape: product.shape }];
  },
  lower: lowerProduct,
});

/**
 * Columns from which on the product of all steps gets its bias afterwards: a kernel with an addend writes it into every row
 * first and reads it there again, which is no longer in the cache. Gemm → MatMul and Add, in ms on one core of a Zen 5: 960
 * rows of 256 by 8,000 26.1 → 23.8, 4,096 of 64 by 1,536 8.2 → 6.0, 3,200 of 256 by 768 8.8 → 7.4, 960 of 256 by 1,024
 * 3.2 → 3.2, 800 of 128 by 384 0.39 → 0.40.
 */
const wide = 768;

export function fuseGemm(outputs: readonly Tensor[]): readonly Tensor[] {
  const uses = usesEverywhere(outputs);
  const rule: Rule = (node, inputs) => {
    if (node.op !== addOp) return undefined;
    const [a, b] = inputs as [Tensor, Tensor];
    const [isOnceA, isOnceB] = node.inputs.map((each) => uses.get(each) === 1);
    const fused = (isOnceA && fuse(a, b)) || (isOnceB && fuse(b, a));
    return fused ? [fused] : undefined;
  };
  return new Rebuilder({ rule }).all(outputs);
}

function fuse(product: Tensor, addend: Tensor): Tensor | undefined {
  const { op, inputs, attrs } = product.node;
  const [a, b] = inputs as [Tensor, Tensor];
  if (op !== matmulOp || b.rank !== 2 || !fitsGemm(product, addend)) return undefined;
  if (a.rank === 2) return apply1(gemmOp, [a, b, addend], attrs);
  const { transposeA } = attrs as unknown as MatmulAttributes;
  const rows = addend.rank === 1 && !transposeA && !(Number(product.shape.at(-1)) >= wide);
  return rows ? reshape(apply1(gemmOp, [flattenRows(a), b, addend], attrs), product.shape) : undefined;
}

const fitsGemm = (product: Tensor, addend: Tensor): boolean =>
  addend.rank <= 2 &&
  product.rank >= addend.rank &&
  sameShape(broadcast(product.shape, addend.shape), product.shape);

function usesEverywhere(outputs: readonly Tensor[]): ReadonlyMap<Tensor, number> {
  const all = new Map<Tensor, number>(outputs.map((output) => [output, 1]));
  const merge = (counts: ReadonlyMap<Tensor, number>): void => {
    for (const [tensor, count] of counts) all.set(tensor, (all.get(tensor) ?? 0) + count);
  };
  const visit = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if (!isScan(node)) continue;
      const inner = bodyNodes(node.attrs.body);
      merge(countUses(inner, node.attrs.body));
      visit(inner);
    }
  };
  const nodes = nodesBelow(outputs);
  merge(countUses(nodes));
  visit(nodes);
  return all;
}
