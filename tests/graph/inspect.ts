import { isScan } from "../../src/graph/scan.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { bodyNodes, nodesBelow } from "../../src/graph/traverse.ts";

/** Every tensor that some tensors need, inside loops and outside. */
export const tensorsBelow = (tensors: readonly Tensor[]): readonly Tensor[] =>
  nodesBelow(tensors).flatMap((node) => [
    ...node.outputs,
    ...(isScan(node) ? tensorsBelow([...node.attrs.body.next, ...node.attrs.body.ys]) : []),
  ]);

/** The ops inside each scan that a tensor needs, without parameters. */
export const scansBelow = (tensor: Tensor): string[][] =>
  nodesBelow([tensor])
    .filter(isScan)
    .map((scan) =>
      bodyNodes(scan.attrs.body)
        .map(({ op }) => op.name)
        .filter((name) => name !== "parameter"),
    );
