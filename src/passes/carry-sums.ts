/**
 * The sum over all steps of a large value of a loop becomes a part of its state: nothing of the value is kept but the sum
 * so far. The gradients of what a loop takes from outside are such sums (the memory that attention reads), where no
 * product of all steps makes them.
 */
import { add, filledLike, sumOp } from "../graph/ops/algebra.ts";
import { parameter } from "../graph/ops/leaves.ts";
import { Rebuilder } from "../graph/rebuild.ts";
import { addScan, collectedBy, inside, isScan, type ScanNode } from "../graph/scan.ts";
import { type Node, rootScope, type Tensor } from "../graph/tensor.ts";
import { nodesBelow } from "../graph/traverse.ts";
import { isLarge } from "./cost.ts";
import { usersOf } from "./uses.ts";

export function carrySums(outputs: readonly Tensor[]): readonly Tensor[] {
  const carried = summedStacks(outputs);
  if (carried.size === 0) return outputs;
  const rebuilder = new Rebuilder({
    scanRule: (copy, old) => {
      const places = collectedBy(old).flatMap(({ output }, place) => (carried.has(output) ? [place] : []));
      return withSums(copy, new Set(places));
    },
    // The place of the stack has been taken by its sum.
    rule: ({ inputs: [stack] }, [total]) =>
      stack !== undefined && carried.has(stack) ? [total as Tensor] : undefined,
  });
  return rebuilder.all(outputs);
}

/** Stacks of large values that are added up over all steps, and of no other use. */
function summedStacks(outputs: readonly Tensor[]): ReadonlySet<Tensor> {
  const nodes = nodesBelow(outputs, rootScope);
  const users = usersOf(nodes, { next: outputs, ys: [] });
  const isSummed = (stack: Tensor): boolean => users.get(stack)?.every(sumsSteps) ?? false;
  const stacks = nodes.filter(isScan).flatMap(collectedBy);
  return new Set(
    stacks.filter(({ inner, output }) => isLarge(inner) && isSummed(output)).map(({ output }) => output),
  );
}

/** Whether a node adds up over the first axis alone; the world, which is no node, does not. */
const sumsSteps = (node: Node | undefined): boolean => {
  const { axes, keepDims } = (node?.attrs ?? {}) as { readonly axes?: readonly number[]; keepDims?: boolean };
  return node?.op === sumOp && axes?.length === 1 && axes[0] === 0 && !keepDims;
};

/** The outputs of a scan, with the sums of the values collected at some places where their stacks were. */
function withSums(scan: ScanNode, summed: ReadonlySet<number>): readonly Tensor[] {
  if (summed.size === 0) return scan.outputs;
  const { body } = scan.attrs;
  const count = body.carry.length;
  const values = [...new Set([...summed].map((place) => body.ys[place] as Tensor))];
  const sums = values.map((value) => parameter(value, body.scope));
  const next = values.map((value, i) => inside(body.scope, () => add(sums[i] as Tensor, value)));
  const zeros = values.map((value) => filledLike(value, 0));
  const kept = [...body.ys.keys()].filter((place) => !summed.has(place));
  const ys = kept.map((place) => body.ys[place] as Tensor);
  const { inputs } = scan;
  const own = { ...body, carry: [...body.carry, ...sums], next: [...body.next, ...next], ys };
  const loop = addScan([...inputs.slice(0, count), ...zeros], inputs.slice(count), own);
  const totals = loop.outputs.slice(count, count + values.length);
  const stacks = loop.outputs.slice(count + values.length);
  const collected = body.ys.map((value, place) =>
    summed.has(place) ? totals[values.indexOf(value)] : stacks[kept.indexOf(place)],
  ) as readonly Tensor[];
  return [...loop.outputs.slice(0, count), ...collected];
}
