import { Rebuilder, type Rule } from "../graph/rebuild.ts";
import type { ScanNode } from "../graph/scan.ts";
import type { Tensor } from "../graph/tensor.ts";

/** The first of some rules that knows what becomes of a node. */
export const anyOf =
  (rules: readonly Rule[]): Rule =>
  (node, inputs) => {
    for (const rule of rules) {
      const rewritten = rule(node, inputs);
      if (rewritten !== undefined) return rewritten;
    }
    return undefined;
  };

/** Copies one scan under a rule for the nodes of its body; everything around it stays. */
export function rewriteScan(node: ScanNode, ruleWith: (rebuilder: Rebuilder) => Rule): readonly Tensor[] {
  const { scope } = node.attrs.body;
  const resolve = (tensor: Tensor) =>
    tensor.node !== node && !tensor.scope.within(scope) ? tensor : undefined;
  let rule: Rule = () => undefined;
  const rebuilder = new Rebuilder({ resolve, rule: (old, inputs) => rule(old, inputs) });
  rule = ruleWith(rebuilder);
  return node.outputs.map((output) => rebuilder.get(output));
}
