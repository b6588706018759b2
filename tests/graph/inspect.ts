import { isScan } from "../../src/graph/scan.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { bodyNodes, nodesBelow } from "../../src/graph/traverse.ts";

/** The ops inside each scan that a tensor needs, without parameters. */
export const scansBelow = (tensor: Tensor): string[][] =>
  nodesBelow([tensor])
    .filter(isScan)
    .map((scan) =>
      bodyNodes(scan.attrs.body)
        .map(({ op }) => op.name)
        .filter((name) => name !== "parameter"),
    );
