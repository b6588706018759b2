import { type Body, isScan } from "../graph/scan.ts";
import type { Node, Tensor } from "../graph/tensor.ts";
import { dependencies } from "../graph/traverse.ts";

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
