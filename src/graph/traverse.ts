import { type Body, freeValues, isScan } from "./scan.ts";
import type { Node, Scope, Tensor } from "./tensor.ts";

/** All that a node needs: its inputs, and what the body of a scan takes from outside. */
export const dependencies = (node: Node): readonly Tensor[] =>
  isScan(node) ? [...node.inputs, ...freeValues(node.attrs.body)] : node.inputs;

/**
 * The nodes that some tensors need, each after its dependencies; only those of one scope, if one is given.
 * Iterative, so that a graph may be deeper than the call stack.
 */
export function nodesBelow(tensors: readonly Tensor[], scope?: Scope): readonly Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const pending: { readonly node: Node; readonly left: Iterator<Tensor> }[] = [];
  const visit = (node: Node): void => {
    if (seen.has(node) || (scope !== undefined && node.scope !== scope)) return;
    seen.add(node);
    pending.push({ node, left: dependencies(node)[Symbol.iterator]() });
  };
  for (const tensor of tensors) {
    visit(tensor.node);
    for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
      const next = top.left.next();
      if (!next.done) visit(next.value.node);
      else order.push((pending.pop() as { node: Node }).node);
    }
  }
  return order;
}

/** The nodes of a scan's body. */
export const bodyNodes = (body: Body): readonly Node[] => nodesBelow([...body.next, ...body.ys], body.scope);
