/**
 * Splits a scan into before, loop and after: what does not depend on the state is done for all steps at once
 * before the loop, what does not feed the state afterwards. Only what recurs stays inside.
 */
import { expand } from "../graph/ops/algebra.ts";
import { parameter } from "../graph/ops/leaves.ts";
import { Rebuilder } from "../graph/rebuild.ts";
import {
  addScan,
  inside,
  newScope,
  type ScanNode,
  slicedBy,
  sliceType,
  stackOf,
  stepsOf,
} from "../graph/scan.ts";
import type { Node, Tensor } from "../graph/tensor.ts";
import { bodyNodes, dependencies } from "../graph/traverse.ts";
import { variesWithState } from "./dependence.ts";

/** The outputs of a scan, computed by a smaller loop. */
export function hoist(node: ScanNode): readonly Tensor[] {
  return new Hoisting(node).run();
}

class Hoisting {
  private readonly node: ScanNode;
  private readonly nodes: readonly Node[];
  /** Values of the body for all steps at once, `[T, ...]`. */
  private readonly lifted = new Map<Tensor, Tensor>();
  private resident: ReadonlySet<Node> = new Set();

  constructor(node: ScanNode) {
    this.node = node;
    this.nodes = bodyNodes(node.attrs.body);
    for (const { slice, sequence } of slicedBy(node)) this.lifted.set(slice, sequence);
  }

  run(): readonly Tensor[] {
    const { body } = this.node.attrs;
    this.liftBefore();
    this.resident = this.mustStay();
    const finals = body.carry.length > 0 || this.resident.size > 0 ? this.smallerLoop() : [];
    for (const node of this.nodes) {
      if (!this.resident.has(node) && !this.isLifted(node)) this.lift(node);
    }
    return [...finals, ...body.ys.map((inner) => this.allSteps(inner))];
  }

  private liftBefore(): void {
    const varies = variesWithState(this.node.attrs.body, this.nodes);
    for (const node of this.nodes) {
      const ready = !varies.has(node) && node.inputs.length > 0 && this.canLift(node);
      if (ready && node.inputs.every((each) => !this.isInside(each) || this.lifted.has(each)))
        this.lift(node);
    }
  }

  /** The nodes that the next state needs, and those that cannot be lifted, with all that these need. */
  private mustStay(): ReadonlySet<Node> {
    const { body } = this.node.attrs;
    const unliftable = this.nodes.filter(
      (node) => !this.isLifted(node) && node.inputs.length > 0 && !this.canLift(node),
    );
    const needed = [...body.next, ...unliftable.flatMap(({ outputs }) => outputs)];
    return new Set(nodesBelowUnless(needed, (tensor) => !this.isInside(tensor) || this.lifted.has(tensor)));
  }

  private isInside(tensor: Tensor): boolean {
    return tensor.scope === this.node.attrs.body.scope;
  }

  private isLifted(node: Node): boolean {
    return node.outputs.some((output) => this.lifted.has(output));
  }

  private canLift({ op, inputs }: Node): boolean {
    return op.lift !== undefined && (op.liftable?.(inputs.map((each) => this.isInside(each))) ?? true);
  }

  private lift(node: Node): void {
    if (node.inputs.length === 0) return;
    const lifted = node.inputs.map((each) => this.isInside(each));
    const inputs = node.inputs.map((each, i) => (lifted[i] ? this.allSteps(each) : each));
    const ranks = node.inputs.map(({ rank }) => rank);
    node.op.lift?.({ inputs, lifted, ranks, attrs: node.attrs }).forEach((allSteps, i) => {
      this.lifted.set(node.outputs[i]!, allSteps);
    });
  }

  /** A value of the body for all steps; what comes from outside is the same at each. */
  private allSteps(inner: Tensor): Tensor {
    const known = this.lifted.get(inner);
    if (known !== undefined) return known;
    if (!this.isInside(inner)) return expand(inner, [stepsOf(this.node), ...inner.shape]);
    return this.collect(inner);
  }

  private collect: (inner: Tensor) => Tensor = (inner) => stackOf(this.node, inner);

  /** The loop with only what has to stay; later requests for its values are collected from it. */
  private smallerLoop(): readonly Tensor[] {
    const { body } = this.node.attrs;
    const scope = newScope();
    const sequences: Tensor[] = [];
    const xs: Tensor[] = [];
    const places = new Map(body.carry.map((carry) => [carry, parameter(carry, scope)]));
    const take = (tensor: Tensor): Tensor => {
      const sequence = this.lifted.get(tensor) as Tensor;
      const slice = parameter(sliceType(sequence), scope);
      sequences.push(sequence);
      xs.push(slice);
      places.set(tensor, slice);
      return slice;
    };
    const resolve = (tensor: Tensor): Tensor | undefined => {
      if (!tensor.scope.within(body.scope)) return tensor;
      return places.get(tensor) ?? (this.lifted.has(tensor) ? take(tensor) : undefined);
    };
    const rebuilder = new Rebuilder({ resolve });
    const rebuild = (tensor: Tensor): Tensor => inside(scope, () => rebuilder.get(tensor));
    const next = body.next.map(rebuild);
    if (sequences.length === 0) take(body.xs[0] as Tensor);
    const inits = this.node.inputs.slice(0, body.carry.length);
    const own = {
      scope,
      carry: body.carry.map((each) => places.get(each) as Tensor),
      xs,
      next,
      ys: [],
      reverse: body.reverse,
    };
    const asked = this.askedOfLoop().map(rebuild);
    const loop = addScan(inits, sequences, { ...own, ys: [...new Set(asked)] });
    this.collect = (inner) => stackOf(loop, rebuild(inner));
    return loop.outputs.slice(0, inits.length);
  }

  /** Values of the loop that the rest of the body, or the world, asks for. */
  private askedOfLoop(): readonly Tensor[] {
    const others = this.nodes.filter((node) => !this.resident.has(node) && !this.isLifted(node));
    const wanted = [...others.flatMap(({ inputs }) => inputs), ...this.node.attrs.body.ys];
    const fromLoop = (tensor: Tensor): boolean =>
      this.isInside(tensor) &&
      !this.lifted.has(tensor) &&
      (this.resident.has(tensor.node) || this.node.attrs.body.carry.includes(tensor));
    return [...new Set(wanted.filter(fromLoop))];
  }
}

function nodesBelowUnless(tensors: readonly Tensor[], stop: (tensor: Tensor) => boolean): readonly Node[] {
  const found = new Set<Node>();
  const pending = [...tensors];
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    if (stop(tensor) || found.has(tensor.node)) continue;
    found.add(tensor.node);
    pending.push(...dependencies(tensor.node));
  }
  return [...found];
}
