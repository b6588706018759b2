/** Matrix products inside a loop: fewer and larger ones, weights laid out outside. */
import { firstOf, groupBy, paired } from "../collections.ts";
import {
  add,
  addOp,
  filledLike,
  type MatmulAttributes,
  matmul,
  matmulOp,
  transpose,
} from "../graph/ops/algebra.ts";
import { concat, split, splitOp } from "../graph/ops/layout.ts";
import type { Rule } from "../graph/rebuild.ts";
import type { ScanNode } from "../graph/scan.ts";
import type { Node, Tensor } from "../graph/tensor.ts";
import { bodyNodes } from "../graph/traverse.ts";
import { rewriteScan } from "./rewrite.ts";
import { usersOf } from "./uses.ts";

/** A product of something inside the loop with a weight from outside, and what is done to it alone: a bias, a split. */
interface Layer {
  readonly product: Node;
  readonly bias: Tensor | undefined;
  /** The sizes of the parts that it is cut into. */
  readonly sizes: readonly number[];
  /** What the rest of the body sees: the parts. */
  readonly results: readonly Tensor[];
}

/**
 * h·A + a and h·B + b become h·[A B] + [a b]: one product instead of several, as wide as all together, cut into parts
 * at once. Weights that are used transposed are transposed once, outside.
 */
export function mergeProducts(scan: ScanNode): readonly Tensor[] {
  const layers = findLayers(scan);
  const groups = groupBy(layers, ({ product }) => product.input);
  const owner = new Map(
    layers.flatMap((layer) => layer.results.map((result) => [result.node, layer] as const)),
  );
  const merged = new Map<Tensor, Tensor>();
  return rewriteScan(
    scan,
    (rebuilder): Rule =>
      (node) => {
        const layer = owner.get(node);
        if (layer === undefined) return undefined;
        const left = layer.product.input;
        const group = groups.get(left) as readonly Layer[];
        if (!merged.has(firstOf(layer.results))) {
          const results = group.flatMap((member) => member.results);
          for (const [result, part] of paired(results, mergedParts(rebuilder.get(left), group)))
            merged.set(result, part);
        }
        return layer.results.map((result) => merged.get(result) as Tensor);
      },
  );
}

function mergedParts(left: Tensor, group: readonly Layer[]): readonly Tensor[] {
  const product = matmul(
    left,
    concat(
      group.map(({ product: node }) => uprightWeight(node)),
      1,
    ),
  );
  const biased = group.some(({ bias }) => bias !== undefined)
    ? add(product, concat(group.map(biasOf), 0))
    : product;
  return split(
    biased,
    group.flatMap(({ sizes }) => sizes),
  );
}

const widthOf = (product: Node): number => Number(product.output.shape[1]);

const biasOf = ({ bias, product }: Layer): Tensor =>
  bias ?? filledLike({ dtype: product.output.dtype, shape: [widthOf(product)] }, 0);

const uprightWeight = (node: Node): Tensor => {
  const { transposeB } = node.attrs as unknown as MatmulAttributes;
  const weight = node.inputs[1] as Tensor;
  return transposeB ? transpose(weight) : weight;
};

function findLayers(scan: ScanNode): readonly Layer[] {
  const nodes = bodyNodes(scan.attrs.body);
  const users = usersOf(nodes, scan.attrs.body);
  /** The one node that uses a tensor, if there is only one. */
  const onlyUser = (tensor: Tensor): Node | undefined => {
    const found = users.get(tensor) ?? [];
    return found.length === 1 ? found[0] : undefined;
  };
  return nodes
    .filter((node) => isLayer(node, scan))
    .map((product) => {
      const raw = product.output;
      const adder = onlyUser(raw);
      const bias =
        adder?.op === addOp
          ? adder.inputs.find((each) => each !== raw && isBias(each, raw, scan))
          : undefined;
      const whole = (bias && adder?.output) ?? raw;
      const cutter = onlyUser(whole);
      const isCut = cutter?.op === splitOp && cutter.attrs["axis"] === 1;
      return isCut
        ? { product, bias, sizes: cutter.attrs["sizes"] as readonly number[], results: cutter.outputs }
        : { product, bias, sizes: [widthOf(product)], results: [whole] };
    });
}

const isBias = (addend: Tensor, product: Tensor, scan: ScanNode): boolean =>
  addend.rank === 1 && addend.shape[0] === product.shape[1] && !addend.scope.within(scan.attrs.body.scope);

function isLayer(node: Node, scan: ScanNode): boolean {
  const [x, weight] = node.inputs;
  const { transposeA } = node.attrs as unknown as MatmulAttributes;
  const inside = scan.attrs.body.scope;
  return (
    node.op === matmulOp &&
    x?.scope === inside &&
    weight?.scope !== inside &&
    weight?.rank === 2 &&
    x.rank === 2 &&
    typeof node.outputs[0]?.shape[1] === "number" &&
    !transposeA
  );
}
