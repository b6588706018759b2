/**
 * The gradient of a scan is a scan in the other direction. Its state is the cotangent of the forward state; it
 * sees, slice by slice, the cotangents of the collected values and what the forward steps computed.
 */
import { paired } from "../collections.ts";
import { filledLike, sum } from "../graph/ops/algebra.ts";
import { parameter } from "../graph/ops/leaves.ts";
import { Rebuilder } from "../graph/rebuild.ts";
import {
  addScan,
  type Carried,
  type Collected,
  carriedBy,
  collectedBy,
  freeValues,
  inside,
  newScope,
  type ScanNode,
  slicedBy,
  sliceType,
  stackOf,
} from "../graph/scan.ts";
import { Scope, type Tensor } from "../graph/tensor.ts";
import { bodyNodes } from "../graph/traverse.ts";
import { type Activity, bodyActivity } from "./activity.ts";
import type { Backpropagate, Cotangents } from "./cotangents.ts";

type Pair = readonly [Tensor, Tensor];

/** A part of the state with a place for the cotangent of what a step makes of it. */
interface ActiveState extends Carried {
  readonly seed: Tensor;
  /** What has reached the state after the last step. */
  readonly cotangent: Tensor | undefined;
}

/** A collected value with a place for the cotangent of a step's, and those of all steps. */
interface ActiveStack extends Collected {
  readonly seed: Tensor;
  readonly cotangent: Tensor;
}

/** One step's reverse pass, written in a scope of its own inside the forward body. */
interface ReverseStep {
  readonly states: readonly ActiveState[];
  readonly ys: readonly ActiveStack[];
  readonly cotangents: Cotangents;
}

export function scanCotangents(
  node: ScanNode,
  cotangents: readonly (Tensor | undefined)[],
  outer: Activity,
  backpropagate: Backpropagate,
): readonly (readonly [Tensor, Tensor | undefined])[] {
  const { body } = node.attrs;
  const activity = bodyActivity(node, outer);
  const forward = new Set(bodyNodes(body));
  const step = reverseStep(node, cotangents, activity, backpropagate);
  const reverse = new ReverseScan(node, step, (tensor) => forward.has(tensor.node));
  const active = (tensors: readonly Tensor[]) =>
    tensors.filter((each) => activity.of(each) && step.cotangents.of(each));
  return reverse.build(active(body.xs), active(freeValues(body)));
}

function reverseStep(
  node: ScanNode,
  cotangents: readonly (Tensor | undefined)[],
  activity: Activity,
  backpropagate: Backpropagate,
): ReverseStep {
  const { body } = node.attrs;
  const scope = new Scope(body.scope);
  const states = carriedBy(node)
    .filter(({ carry }) => activity.of(carry))
    .map((state) => ({
      ...state,
      seed: parameter(state.carry, scope),
      cotangent: cotangents[state.final.index],
    }));
  const ys = collectedBy(node).flatMap((stack) => {
    const cotangent = cotangents[stack.output.index];
    const reached = cotangent !== undefined && activity.of(stack.inner);
    return reached ? [{ ...stack, seed: parameter(stack.inner, scope), cotangent }] : [];
  });
  const seeds: Pair[] = [
    ...states.map(({ next, seed }): Pair => [next, seed]),
    ...ys.map(({ inner, seed }): Pair => [inner, seed]),
  ];
  return { states, ys, cotangents: inside(scope, () => backpropagate(seeds, activity, body.scope)) };
}

/** Moves a reverse step into a scan of its own; forward values become xs of what the forward scan collects. */
class ReverseScan {
  private readonly node: ScanNode;
  private readonly step: ReverseStep;
  private readonly isForward: (tensor: Tensor) => boolean;
  private readonly scope: Scope = newScope();
  private readonly placed = new Map<Tensor, Tensor>();
  private readonly sequences: Tensor[] = [];
  private readonly xs: Tensor[] = [];

  constructor(node: ScanNode, step: ReverseStep, isForward: (tensor: Tensor) => boolean) {
    this.node = node;
    this.step = step;
    this.isForward = isForward;
  }

  build(xs: readonly Tensor[], free: readonly Tensor[]): readonly (readonly [Tensor, Tensor | undefined])[] {
    const { body } = this.node.attrs;
    const { states, ys } = this.step;
    const carry = states.map(({ seed }) => this.place(seed, parameter(seed, this.scope)));
    const inits = states.map(({ init, cotangent }) => cotangent ?? filledLike(init, 0));
    for (const { seed, cotangent } of ys) this.place(seed, this.slice(cotangent));
    const next = states.map(({ carry }) => this.cotangentOf(carry));
    const collected = [...xs, ...free].map((each) => this.cotangentOf(each));
    this.sliceForLength();
    const own = {
      scope: this.scope,
      carry,
      xs: this.xs,
      next,
      ys: collected,
      reverse: !body.reverse,
    };
    const reverse = addScan(inits, this.sequences, own);
    const finals = carriedBy(reverse).map(({ final }) => final);
    const allSteps = collectedBy(reverse).map(({ output }) => output);
    return [
      ...paired(
        states.map(({ init }) => init),
        finals,
      ),
      ...paired(
        xs.map((slice) => stackOf(this.node, slice)),
        allSteps.slice(0, xs.length),
      ),
      ...paired(free, allSteps.slice(xs.length)).map(([value, slopes]): Pair => [value, sum(slopes, [0])]),
    ];
  }

  private place(old: Tensor, now: Tensor): Tensor {
    this.placed.set(old, now);
    return now;
  }

  private slice(sequence: Tensor): Tensor {
    const slice = parameter(sliceType(sequence), this.scope);
    this.sequences.push(sequence);
    this.xs.push(slice);
    return slice;
  }

  /** A loop needs a sequence to know its length, even if it looks at none. */
  private sliceForLength(): void {
    const [first] = slicedBy(this.node);
    if (this.sequences.length === 0 && first !== undefined) this.slice(first.sequence);
  }

  private cotangentOf(forward: Tensor): Tensor {
    const cotangent = this.step.cotangents.of(forward);
    if (cotangent === undefined) return filledLike(forward, 0);
    return inside(this.scope, () => this.rebuilder.get(cotangent));
  }

  private readonly rebuilder = new Rebuilder({ resolve: (tensor) => this.resolve(tensor) });

  private resolve(tensor: Tensor): Tensor | undefined {
    const placed = this.placed.get(tensor);
    if (placed !== undefined) return placed;
    const { scope, carry, xs } = this.node.attrs.body;
    if (!tensor.scope.within(scope)) return tensor;
    const isParameter = carry.includes(tensor) || xs.includes(tensor);
    return isParameter || this.isForward(tensor)
      ? this.place(tensor, this.slice(stackOf(this.node, tensor)))
      : undefined;
  }
}
