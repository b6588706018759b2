/**
 * Takes large values that a loop reads slice by slice back into it, where they are made of others by cheap arithmetic:
 * for all steps at once they would be written to memory and read again, step by step they stay in the cache.
 */
import { addOp, mulOp, negOp, subOp } from "../graph/ops/algebra.ts";
import { parameter } from "../graph/ops/leaves.ts";
import { Rebuilder } from "../graph/rebuild.ts";
import { addScan, inside, isScan, newScope, type ScanNode, slicedBy, sliceType } from "../graph/scan.ts";
import { apply1, type Op, rootScope, type Tensor } from "../graph/tensor.ts";
import { nodesBelow } from "../graph/traverse.ts";
import { isLarge } from "./cost.ts";
import { usersOf } from "./uses.ts";

/** Ops of one entry at a time that take no longer than it takes to read what they are given. */
const cheap: ReadonlySet<Op> = new Set([addOp, subOp, mulOp, negOp]);

export function sinkLarge(outputs: readonly Tensor[]): readonly Tensor[] {
  const nodes = nodesBelow(outputs, rootScope);
  const users = usersOf(nodes, { next: outputs, ys: [] });
  const sinks = (tensor: Tensor): boolean => users.get(tensor)?.length === 1 && isWorthIt(tensor);
  const chains = new Map(nodes.filter(isScan).map((scan) => [scan, chainsBelow(scan, sinks)]));
  if ([...chains.values()].every(({ size }) => size === 0)) return outputs;
  const rebuilder: Rebuilder = new Rebuilder({
    scanRule: (copy, old) => {
      const chain = chains.get(old) ?? new Set();
      return chain.size === 0
        ? copy.outputs
        : withSunk(copy, new Set([...chain].map((each) => rebuilder.get(each))));
    },
  });
  return rebuilder.all(outputs);
}

/** Whether each step's part of a sequence can be made of the parts of others, and is better made there. */
function isWorthIt({ node, shape, rank }: Tensor): boolean {
  const isAlike = (input: Tensor): boolean => input.rank < rank || input.shape[0] === shape[0];
  return cheap.has(node.op) && isLarge({ shape: shape.slice(1) }) && node.inputs.every(isAlike);
}

/** The sequences of a scan that sink, and what they are made of as far as that sinks too. */
function chainsBelow(scan: ScanNode, sinks: (tensor: Tensor) => boolean): ReadonlySet<Tensor> {
  const found = new Set<Tensor>();
  const pending = slicedBy(scan).map(({ sequence }) => sequence);
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    if (found.has(tensor) || !sinks(tensor)) continue;
    found.add(tensor);
    pending.push(...tensor.node.inputs);
  }
  return found;
}

/** The outputs of a scan that makes some of its sequences itself, slice by slice. */
function withSunk(node: ScanNode, sunk: ReadonlySet<Tensor>): readonly Tensor[] {
  const { body } = node.attrs;
  const scope = newScope();
  const slices = new Map<Tensor, Tensor>();
  const sliceOf = (sequence: Tensor): Tensor => {
    const known = slices.get(sequence);
    if (known !== undefined) return known;
    const slice = sunk.has(sequence) ? made(sequence) : parameter(sliceType(sequence), scope);
    slices.set(sequence, slice);
    return slice;
  };
  const made = ({ node: { op, inputs, attrs }, rank }: Tensor): Tensor =>
    apply1(
      op,
      inputs.map((input) => (input.rank < rank ? input : sliceOf(input))),
      attrs,
    );
  const places = new Map([
    ...body.carry.map((carry): Pair => [carry, parameter(carry, scope)]),
    ...slicedBy(node).map(({ sequence, slice }): Pair => [slice, sliceOf(sequence)]),
  ]);
  const resolve = (tensor: Tensor) =>
    places.get(tensor) ?? (tensor.scope.within(body.scope) ? undefined : tensor);
  const rebuilder = new Rebuilder({ resolve });
  const rebuilt = (tensors: readonly Tensor[]) =>
    tensors.map((each) => inside(scope, () => rebuilder.get(each)));
  const sequences = [...slices.keys()].filter((sequence) => !sunk.has(sequence));
  const loop = addScan(node.inputs.slice(0, body.carry.length), sequences, {
    scope,
    carry: body.carry.map((carry) => places.get(carry) as Tensor),
    xs: sequences.map(sliceOf),
    next: rebuilt(body.next),
    ys: rebuilt(body.ys),
    reverse: body.reverse,
  });
  return loop.outputs;
}

type Pair = readonly [Tensor, Tensor];
