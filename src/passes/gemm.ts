/**
 * Products as kernels take them, the last step before lowering: with what is added as their addend, with the activation
 * behind them, inside loops with a row of the weight for each output. The fused op has no gradient, nor whole numbers.
 */
import { broadcast, isFloat, sameShape, type TensorType } from "../graph/dims.ts";
import { GraphError } from "../graph/error.ts";
import {
  add,
  addOp,
  flattenRows,
  type MatmulAttributes,
  matmul,
  matmulOp,
  reshape,
  reshapeOp,
  sameDType,
  transpose,
} from "../graph/ops/algebra.ts";
import { lowerProduct } from "../graph/ops/product.ts";
import { Rebuilder, type Rule } from "../graph/rebuild.ts";
import { apply1, defineOp, type Node, type Tensor } from "../graph/tensor.ts";
import { usesEverywhere } from "./uses.ts";

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
  const isOnce = (tensor: Tensor): boolean => uses.get(tensor) === 1;
  const isProduct = (term: Tensor): boolean => term.node.op === matmulOp && isOnce(term);
  const rule: Rule = (node, inputs) => {
    if (node.op === matmulOp) return upright(node, inputs);
    if (node.op !== addOp) return activated(node, inputs);
    return [sumOf(termsOf(node, isOnce), isProduct, (term) => rebuilder.get(term))];
  };
  const rebuilder = new Rebuilder({ rule });
  return rebuilder.all(outputs);
}

type Rebuilt = (tensor: Tensor) => Tensor;

/**
 * Inside a loop weights stand with a row for each output: so kernels read them fastest. They are turned once, outside.
 */
function upright({ attrs }: Node, inputs: readonly Tensor[]): readonly Tensor[] | undefined {
  const [x, weight] = inputs as [Tensor, Tensor];
  const { transposeA, transposeB } = attrs as unknown as MatmulAttributes;
  const isInLoop = weight.scope.depth < x.scope.depth && weight.rank === 2 && x.rank === 2;
  if (!isInLoop || !isFloat(x.dtype) || transposeA || transposeB) return undefined;
  return [matmul(x, transpose(weight), { transposeB: true })];
}

/** The terms of a sum; a sum among them that nothing else uses is opened. */
const termsOf = ({ inputs, output }: Node, isOnce: (tensor: Tensor) => boolean): readonly Tensor[] =>
  inputs.flatMap((term) => {
    const opens = term.node.op === addOp && isOnce(term) && term.scope === output.scope;
    return opens ? termsOf(term.node, isOnce) : [term];
  });

/**
 * Small terms such as biases come first and products last, each with the sum so far as its addend: the kernel adds it, and
 * runs the activation that follows.
 */
function sumOf(terms: readonly Tensor[], isProduct: (term: Tensor) => boolean, rebuilt: Rebuilt): Tensor {
  const others = terms.filter((term) => !isProduct(term)).toSorted((a, b) => a.rank - b.rank);
  const products = terms.filter(isProduct).map(rebuilt);
  const [first, ...rest] = others.length > 0 ? [others.map(rebuilt).reduce(add), ...products] : products;
  return rest.reduce((sum, product) => fuse(product, sum) ?? add(sum, product), first as Tensor);
}

function fuse(product: Tensor, addend: Tensor): Tensor | undefined {
  const { inputs, attrs } = product.node;
  const [a, b] = inputs as [Tensor, Tensor];
  if (!isFloat(a.dtype) || b.rank !== 2 || !sameShape(broadcast(product.shape, addend.shape), product.shape))
    return undefined;
  if (a.rank === 2) return apply1(gemmOp, [a, b, addend], attrs);
  if ((attrs as unknown as MatmulAttributes).transposeA || Number(product.shape.at(-1)) >= wide)
    return undefined;
  const rows =
    addend.rank < 2 ? addend : sameShape(addend.shape, product.shape) ? flattenRows(addend) : undefined;
  return rows && reshape(apply1(gemmOp, [flattenRows(a), b, rows], attrs), product.shape);
}

/** Activations that ONNX Runtime runs with the product before them. */
const activations: ReadonlySet<string> = new Set(["relu", "sigmoid", "tanh"]);

/** Activates before the axes are put back, right behind the product. */
function activated({ op, attrs }: Node, [x]: readonly Tensor[]): readonly Tensor[] | undefined {
  if (!activations.has(op.name) || x?.node.op !== reshapeOp || x.node.input.node.op !== gemmOp)
    return undefined;
  return [reshape(apply1(op, [x.node.input], attrs), x.shape)];
}
