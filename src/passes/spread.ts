/**
 * Inside a loop, what is a column outside, `[B, 1]`, and meets `[B, n]` at each step, is expanded once, outside: kernels
 * take a single run over operands of one shape, and a run for each row over a column.
 */
import { expand } from "../graph/ops/algebra.ts";
import type { Rule } from "../graph/rebuild.ts";
import type { ScanNode } from "../graph/scan.ts";
import { apply, type Tensor } from "../graph/tensor.ts";
import { clean } from "./clean.ts";
import { isLarge } from "./cost.ts";
import { hoist } from "./hoist.ts";
import { rewriteScan } from "./rewrite.ts";
import { broadcasting } from "./simplify.ts";

export function spreadColumns(outputs: readonly Tensor[]): readonly Tensor[] {
  return clean(outputs, spread);
}

function spread(scan: ScanNode): readonly Tensor[] {
  const columns = new Set(scan.attrs.body.xs.filter(({ shape }) => shape.length === 2 && shape[1] === 1));
  if (columns.size === 0) return scan.outputs;
  const outputs = rewriteScan(
    scan,
    (): Rule => (node, inputs) => {
      const meets =
        broadcasting.has(node.op) &&
        node.inputs.some((each) => columns.has(each)) &&
        node.output.rank === 2 &&
        !isLarge(node.output);
      if (!meets) return undefined;
      return apply(
        node.op,
        inputs.map((each, i) =>
          columns.has(node.inputs[i] as Tensor) ? expand(each, node.output.shape) : each,
        ),
        node.attrs,
      );
    },
  );
  return hoist(outputs[0]?.node as ScanNode);
}
