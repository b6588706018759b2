/**
 * The gradient of a scan is a scan in the other direction. Its state is the cotangent of the forward state; it
 * sees, slice by slice, the cotangents of the collected values and what the forward steps computed.
 */
import { filledLike, sum } from "../graph/ops/algebra.ts";
import { parameter } from "../graph/ops/leaves.ts";
import { Rebuilder } from "../graph/rebuild.ts";
import {
  addScan,
  type Body,
  freeValues,
  inside,
  newScope,
  type ScanNode,
  sliceType,
  stackOf,
} from "../graph/scan.ts";
import { Scope, type Tensor } from "../graph/tensor.ts";
import { bodyNodes } from "../graph/traverse.ts";
import { type Activity, bodyActivity } from "./activity.ts";
import type { Backpropagate, Cotangents } from "./cotangents.ts";

type Pair = readonly [Tensor, Tensor];

/** One step's reverse pass, written in a scope of its own inside the forward body. */
interface ReverseStep {
  /** Placeholders for the cotangents of the state, by its index; only those that are active. */
  readonly states: ReadonlyMap<number, Tensor>;
  /** Placeholders for the cotangents of the collected values, by their index. */
  readonly stacks: ReadonlyMap<number, Tensor>;
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
  const step = reverseStep(body, cotangents, activity, backpropagate);
  const reverse = new ReverseScan(node, step, (tensor) => forward.has(tensor.node));
  const active = (tensors: readonly Tensor[]) =>
    tensors.filter((each) => activity.of(each) && step.cotangents.of(each));
  return reverse.build(cotangents, active(body.slices), active(freeValues(body)));
}

function reverseStep(
  body: Body,
  cotangents: readonly (Tensor | undefined)[],
  activity: Activity,
  backpropagate: Backpropagate,
): ReverseStep {
  const scope = new Scope(body.scope);
  const states = new Map<number, Tensor>();
  const stacks = new Map<number, Tensor>();
  body.carries.forEach((carry, i) => {
    if (activity.of(carry)) states.set(i, parameter(carry, scope));
  });
  body.stacks.forEach((inner, i) => {
    if (cotangents[body.carries.length + i] !== undefined && activity.of(inner))
      stacks.set(i, parameter(inner, scope));
  });
  const seeds: Pair[] = [
    ...[...states].map(([i, seed]): Pair => [body.next[i] as Tensor, seed]),
    ...[...stacks].map(([i, seed]): Pair => [body.stacks[i] as Tensor, seed]),
  ];
  return { states, stacks, cotangents: inside(scope, () => backpropagate(seeds, activity, body.scope)) };
}

/** Moves a reverse step into a scan of its own; forward values become slices of what the forward scan collects. */
class ReverseScan {
  private readonly node: ScanNode;
  private readonly step: ReverseStep;
  private readonly isForward: (tensor: Tensor) => boolean;
  private readonly scope: Scope = newScope();
  private readonly placed = new Map<Tensor, Tensor>();
  private readonly sequences: Tensor[] = [];
  private readonly slices: Tensor[] = [];

  constructor(node: ScanNode, step: ReverseStep, isForward: (tensor: Tensor) => boolean) {
    this.node = node;
    this.step = step;
    this.isForward = isForward;
  }

  build(
    cotangents: readonly (Tensor | undefined)[],
    slices: readonly Tensor[],
    free: readonly Tensor[],
  ): readonly (readonly [Tensor, Tensor | undefined])[] {
    const { body } = this.node.attrs;
    const { states, stacks } = this.step;
    const carries = [...states].map(([, seed]) => this.place(seed, parameter(seed, this.scope)));
    const inits = [...states].map(([i]) => cotangents[i] ?? filledLike(this.node.inputs[i] as Tensor, 0));
    for (const [i, seed] of stacks)
      this.place(seed, this.slice(cotangents[body.carries.length + i] as Tensor));
    const next = [...states].map(([i]) => this.cotangentOf(body.carries[i] as Tensor));
    const collected = [...slices, ...free].map((each) => this.cotangentOf(each));
    this.sliceForLength();
    const own = {
      scope: this.scope,
      carries,
      slices: this.slices,
      next,
      stacks: collected,
      reverse: !body.reverse,
    };
    const results = addScan(inits, this.sequences, own).outputs;
    const after = results.slice(carries.length);
    return [
      ...[...states.keys()].map((i, at): Pair => [this.node.inputs[i] as Tensor, results[at] as Tensor]),
      ...slices.map((slice, at): Pair => [stackOf(this.node, slice), after[at] as Tensor]),
      ...free.map((value, at): Pair => [value, sum(after[slices.length + at] as Tensor, [0])]),
    ];
  }

  private place(old: Tensor, now: Tensor): Tensor {
    this.placed.set(old, now);
    return now;
  }

  private slice(sequence: Tensor): Tensor {
    const slice = parameter(sliceType(sequence), this.scope);
    this.sequences.push(sequence);
    this.slices.push(slice);
    return slice;
  }

  /** A loop needs a sequence to know its length, even if it looks at none. */
  private sliceForLength(): void {
    if (this.sequences.length === 0)
      this.slice(this.node.inputs[this.node.attrs.body.carries.length] as Tensor);
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
    const { scope, carries, slices } = this.node.attrs.body;
    if (!tensor.scope.within(scope)) return tensor;
    const isParameter = carries.includes(tensor) || slices.includes(tensor);
    return isParameter || this.isForward(tensor)
      ? this.place(tensor, this.slice(stackOf(this.node, tensor)))
      : undefined;
  }
}
