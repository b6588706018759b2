/** Matrix products inside a loop: fewer and larger ones, weights laid out outside. */
import { groupBy } from "../collections.ts";
import { type MatmulAttributes, matmul, matmulOp, transpose } from "../graph/ops/algebra.ts";
import { concat, split } from "../graph/ops/layout.ts";
import type { Rule } from "../graph/rebuild.ts";
import type { ScanNode } from "../graph/scan.ts";
import type { Node, Tensor } from "../graph/tensor.ts";
import { bodyNodes } from "../graph/traverse.ts";
import { rewriteScan } from "./rewrite.ts";

/** A product of something inside the loop with a weight from outside. */
const isLayer = (node: Node, scan: ScanNode): boolean => {
  const [x, weight] = node.inputs;
  const { transposeA } = node.attrs as unknown as MatmulAttributes;
  const inside = scan.attrs.body.scope;
  return node.op === matmulOp && x?.scope === inside && weight?.scope !== inside && weight?.rank === 2 && x.rank === 2 && !transposeA;
};

const uprightWeight = (node: Node): Tensor => {
  const { transposeB } = node.attrs as unknown as MatmulAttributes;
  const weight = node.inputs[1] as Tensor;
  return transposeB ? transpose(weight) : weight;
};

/**
 * h·A and h·B become h·[A B]: one product instead of several, as wide as all together. Weights that are used
 * transposed are transposed once, outside.
 */
export function mergeProducts(scan: ScanNode): readonly Tensor[] {
  const layers = bodyNodes(scan.attrs.body).filter((node) => isLayer(node, scan));
  const groups = groupBy(layers, ({ inputs }) => inputs[0] as Tensor);
  const merged = new Map<Node, Tensor>();
  return rewriteScan(scan, (rebuilder): Rule => (node) => {
    if (!layers.includes(node)) return undefined;
    const left = node.inputs[0] as Tensor;
    if (!merged.has(node)) {
      const group = groups.get(left) as readonly Node[];
      const weights = group.map(uprightWeight);
      const parts = split(matmul(rebuilder.get(left), concat(weights, 1)), weights.map(({ shape }) => Number(shape[1])));
      group.forEach((each, i) => void merged.set(each, parts[i] as Tensor));
    }
    return [merged.get(node) as Tensor];
  });
}
