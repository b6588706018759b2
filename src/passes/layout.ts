/**
 * Which layout a program gets. Where its loops' weights do not fit the cache and the rows of a step fill the kernels,
 * products with the weight on the left are faster: measured in docs/speed.md ("Feature-major programs").
 */

import { matmulOp } from "../graph/ops/algebra.ts";
import { isScan, type ScanNode } from "../graph/scan.ts";
import type { Node, Tensor } from "../graph/tensor.ts";
import { bodyNodes, nodesBelow } from "../graph/traverse.ts";
import { featureMajor, isWeight } from "./feature-major.ts";
import type { Sizes } from "./liveness.ts";
import type { Pass } from "./optimise.ts";

/** Kernels of matrix products fill vectors of so many columns (AVX-512: 16 numbers). */
const columnsAtOnce = 16;

/** How many weights of a loop stay in a core's own cache: 1 MB of float32. */
const mostCachedWeights = 2 ** 18;

/** Keeps a graph as it is, or makes the rows of its batch columns. @param sizes what named sizes will nearly always be */
export const layoutFor = (sizes: Sizes): Pass => ({
  name: "layout",
  run: (outputs) => {
    const columns = columnsOf(outputs, sizes);
    return columns.length > 0 ? featureMajor(outputs, new Set(columns)) : outputs;
  },
});

/** The names of sizes whose rows are best kept as columns. */
function columnsOf(outputs: readonly Tensor[], sizes: Sizes): readonly string[] {
  const loops = loopsBelow(nodesBelow(outputs)).map(productsOfRows);
  const multiplies = (name: string): boolean =>
    loops.some(
      (products) =>
        countWeights(products.filter(({ input }) => input.shape.at(-2) === name)) > mostCachedWeights,
    );
  return Object.entries(sizes)
    .filter(([name, size]) => size > 0 && size % columnsAtOnce === 0 && multiplies(name))
    .map(([name]) => name);
}

const loopsBelow = (nodes: readonly Node[]): readonly ScanNode[] =>
  nodes.filter(isScan).flatMap((scan) => [scan, ...loopsBelow(bodyNodes(scan.attrs.body))]);

/** The products of rows inside a loop with a weight from outside. */
const productsOfRows = ({ attrs: { body } }: ScanNode): readonly Node[] =>
  bodyNodes(body).filter(({ op, inputs: [rows, weight] }) => {
    if (op !== matmulOp || rows === undefined || weight === undefined) return false;
    return rows.scope === body.scope && !weight.scope.within(body.scope) && isWeight(weight);
  });

/** How many numbers some products' weights hold, each weight once. */
function countWeights(products: readonly Node[]): number {
  const weights = new Set(products.map(({ inputs }) => inputs[1] as Tensor));
  return [...weights].reduce((all, { shape }) => all + Number(shape[0]) * Number(shape[1]), 0);
}
