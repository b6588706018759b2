import { isFloat } from "../graph/dims.ts";
import { carriedBy, freeValues, type ScanNode, slicedBy } from "../graph/scan.ts";
import type { Node, Tensor } from "../graph/tensor.ts";
import { dependencies, nodesBelow } from "../graph/traverse.ts";

/** Which tensors depend on what a gradient is asked for; cotangents go nowhere else. */
export class Activity {
  private readonly leaves: ReadonlySet<Tensor>;
  private readonly known = new Map<Node, boolean>();

  constructor(leaves: Iterable<Tensor>) {
    this.leaves = new Set(leaves);
  }

  of(tensor: Tensor): boolean {
    return isFloat(tensor.dtype) && (this.leaves.has(tensor) || this.ofNode(tensor.node));
  }

  ofNode(node: Node): boolean {
    if (!this.known.has(node)) {
      for (const below of nodesBelow(node.outputs)) {
        if (!this.known.has(below))
          this.known.set(
            below,
            dependencies(below).some((each) => this.settled(each)),
          );
      }
    }
    return this.known.get(node) ?? false;
  }

  private settled(tensor: Tensor): boolean {
    return this.leaves.has(tensor) || (this.known.get(tensor.node) ?? false);
  }
}

/**
 * Activity inside a scan: its free values are as active as outside, a slice as its sequence, and a carried
 * value when its start is, or when a step puts something active into it.
 */
export function bodyActivity(scan: ScanNode, outer: Activity): Activity {
  const carried = carriedBy(scan);
  const active = new Set<Tensor>([
    ...freeValues(scan.attrs.body).filter((value) => outer.of(value)),
    ...carried.flatMap(({ init, carry }) => (outer.of(init) ? [carry] : [])),
    ...slicedBy(scan).flatMap(({ sequence, slice }) => (outer.of(sequence) ? [slice] : [])),
  ]);
  for (let size = -1; size !== active.size; ) {
    size = active.size;
    const activity = new Activity(active);
    for (const { carry, next } of carried) if (activity.of(next)) active.add(carry);
  }
  return new Activity(active);
}
