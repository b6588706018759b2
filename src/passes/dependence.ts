import type { Body } from "../graph/scan.ts";
import type { Node } from "../graph/tensor.ts";
import { dependencies } from "../graph/traverse.ts";

/** The nodes of a body (given in order) whose values depend on the carried state. */
export function variesWithState(body: Body, nodes: readonly Node[]): ReadonlySet<Node> {
  const varying = new Set<Node>(body.carry.map(({ node }) => node));
  for (const node of nodes) {
    if (dependencies(node).some((each) => varying.has(each.node))) varying.add(node);
  }
  return varying;
}
