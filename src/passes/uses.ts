import { type Body, isScan } from "../graph/scan.ts";
import type { Node, Tensor } from "../graph/tensor.ts";
import { bodyNodes, dependencies, nodesBelow } from "../graph/traverse.ts";

/** How often each tensor is used by some nodes and by the results of their body. */
export function countUses(nodes: readonly Node[], body?: Body): ReadonlyMap<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const use = (tensor: Tensor, times = 1): void => void uses.set(tensor, (uses.get(tensor) ?? 0) + times);
  for (const node of nodes) {
    for (const each of dependencies(node)) use(each, isScan(node) ? 2 : 1);
  }
  for (const result of [...(body?.next ?? []), ...(body?.ys ?? [])]) use(result);
  return uses;
}

/** How often each tensor is used, in all scopes. */
export function usesEverywhere(outputs: readonly Tensor[]): ReadonlyMap<Tensor, number> {
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

/** The nodes that use each tensor; a result of the body counts as used by nobody in particular, twice. */
export function usersOf(
  nodes: readonly Node[],
  body: Pick<Body, "next" | "ys">,
): ReadonlyMap<Tensor, readonly (Node | undefined)[]> {
  const users = new Map<Tensor, (Node | undefined)[]>();
  const use = (tensor: Tensor, ...by: (Node | undefined)[]): void =>
    void users.set(tensor, [...(users.get(tensor) ?? []), ...by]);
  for (const node of nodes) {
    for (const each of dependencies(node)) use(each, node);
  }
  for (const result of [...body.next, ...body.ys]) use(result, undefined, undefined);
  return users;
}
