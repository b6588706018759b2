/** How much memory the values of a graph take, by when each is made and when it is used for the last time. */
import { type Dim, derivationOf, factorOf, namesOf, type TensorType } from "../graph/dims.ts";
import { GraphError } from "../graph/error.ts";
import { carriedBy, isScan, type ScanNode } from "../graph/scan.ts";
import { type Node, rootScope, type Tensor } from "../graph/tensor.ts";
import { bodyNodes, dependencies, nodesBelow } from "../graph/traverse.ts";

/** What the names of sizes stand for: `{ T: 100, B: 16 }`. */
export type Sizes = Readonly<Record<string, number>>;

/** Ops that give what they are given another shape or name, and no copy. */
const renaming: ReadonlySet<string> = new Set(["reshape", "named"]);

/** Ops that may write over what they are given, where nobody else needs it. */
const overwriting: ReadonlySet<string> = new Set([
  "add",
  "sub",
  "mul",
  "div",
  "neg",
  "exp",
  "log",
  "sqrt",
  "reciprocal",
  "abs",
  "tanh",
  "sigmoid",
  "relu",
]);

const bytesOf: Readonly<Record<TensorType["dtype"], number>> = { float32: 4, float64: 8, int64: 8, bool: 1 };

/** @throws GraphError for a name without a size */
function sizeOf(dim: Dim, sizes: Sizes): number {
  return namesOf(dim).reduce((all, name) => all * namedSize(name, sizes), factorOf(dim));
}

/** `T`, or what is derived from it: `(T+1)`, `((T+1)-1)`. */
function namedSize(name: string, sizes: Sizes): number {
  const size = sizes[name];
  if (size !== undefined) return size;
  const derived = derivationOf(name);
  if (derived === undefined) throw new GraphError(`nothing says how large ${name} is`);
  const [base, offset] = derived;
  return sizeOf(base, sizes) + offset;
}

/** @throws GraphError for an axis whose name has no size */
export const tensorBytes = ({ dtype, shape }: TensorType, sizes: Sizes): number =>
  shape.reduce<number>((all, dim) => all * sizeOf(dim, sizes), bytesOf[dtype]);

/**
 * The most bytes that the values of a graph take at once, results included, leaves and what is fed not: each is there
 * from the op that makes it to the last that uses it, stacks of a loop from its first step on. ONNX Runtime's allocator
 * needs somewhat more, as what it gives back it does not always fit again.
 *
 * @throws GraphError for an axis whose name has no size
 * @example
 * const x = input("x", ["T"]);
 * peakBytes([exp(mul(x, 2))], { T: 1000 }); // 4000: the exponential takes the product's place
 */
export const peakBytes = (outputs: readonly Tensor[], sizes: Sizes): number =>
  new Section(asExecuted(nodesBelow(outputs, rootScope), outputs), outputs, sizes).peak();

/**
 * The order in which ONNX Runtime computes some nodes (given in that in which they are lowered): backwards from each
 * result that nothing else needs, what was lowered last first, and so of what a node needs.
 */
function asExecuted(nodes: readonly Node[], results: readonly Tensor[]): readonly Node[] {
  const place = new Map(nodes.map((node, i) => [node, i]));
  const lastFirst = (tensors: readonly Tensor[]): readonly Node[] =>
    [...new Set(tensors.map(({ node }) => node))]
      .filter((node) => place.has(node))
      .sort((a, b) => (place.get(b) as number) - (place.get(a) as number));
  const order = new Set<Node>();
  const pending = [...lastFirst(results)].reverse().map((node) => ({ node, isReady: false }));
  for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
    const { node, isReady } = top;
    if (order.has(node)) continue;
    if (isReady) order.add(node);
    else
      pending.push(
        { node, isReady: true },
        ...[...lastFirst(dependencies(node))].reverse().map((each) => ({ node: each, isReady: false })),
      );
  }
  return [...order];
}

/** The values of a graph, or of a loop's body, as they come and go. */
class Section {
  private readonly nodes: readonly Node[];
  private readonly sizes: Sizes;
  /** What a renamed value is the memory of. */
  private readonly owners = new Map<Tensor, Tensor>();
  /** How many uses of a value's memory are to come. */
  private readonly uses = new Map<Tensor, number>();
  /** The bytes of each value that has memory of its own now. */
  private readonly held = new Map<Tensor, number>();
  private live = 0;
  private most = 0;

  constructor(nodes: readonly Node[], results: readonly Tensor[], sizes: Sizes) {
    this.nodes = nodes;
    this.sizes = sizes;
    for (const node of nodes) {
      if (renaming.has(node.op.name)) this.owners.set(node.output, this.ownerOf(node.input));
      for (const each of dependencies(node)) this.use(each, 1);
    }
    for (const result of results) this.use(result, Number.POSITIVE_INFINITY);
  }

  /** @param elsewhere values that are written to memory which is counted otherwise */
  peak(elsewhere: ReadonlySet<Tensor> = new Set()): number {
    for (const node of this.nodes) {
      if (!renaming.has(node.op.name)) this.make(node, elsewhere);
      for (const each of dependencies(node)) this.use(each, -1);
      for (const each of [...dependencies(node), ...node.outputs]) this.freeUnused(each);
    }
    return this.most;
  }

  private make(node: Node, elsewhere: ReadonlySet<Tensor>): void {
    if (node.inputs.length === 0) return; // what is fed, and constants
    const own = node.outputs.filter((output) => !elsewhere.has(output));
    if (own.length > 0 && !this.overwrites(node)) for (const output of own) this.hold(output);
    this.most = Math.max(this.most, this.live + (isScan(node) ? this.ofStep(node) : 0));
  }

  /** What a loop takes beside its results: a step's values, the state before and after it among them. */
  private ofStep(scan: ScanNode): number {
    const { body } = scan.attrs;
    const step = new Section(bodyNodes(body), [...body.next, ...body.ys], this.sizes).peak(new Set(body.ys));
    return step + carriedBy(scan).reduce((all, { carry }) => all + tensorBytes(carry, this.sizes), 0);
  }

  /** Whether an op may put its result in the place of something that it uses last; then that place changes hands. */
  private overwrites({ op, inputs, output }: Node): boolean {
    if (!overwriting.has(op.name)) return false;
    const size = tensorBytes(output, this.sizes);
    const place = inputs
      .map((input) => this.ownerOf(input))
      .find((owner, _, all) => {
        const now = all.filter((each) => each === owner).length;
        return this.held.get(owner) === size && this.uses.get(owner) === now;
      });
    if (place === undefined) return false;
    this.held.delete(place);
    this.held.set(output, size);
    return true;
  }

  private hold(tensor: Tensor): void {
    const size = tensorBytes(tensor, this.sizes);
    this.held.set(tensor, size);
    this.live += size;
  }

  private freeUnused(tensor: Tensor): void {
    const owner = this.ownerOf(tensor);
    if ((this.uses.get(owner) ?? 0) > 0) return;
    this.live -= this.held.get(owner) ?? 0;
    this.held.delete(owner);
  }

  private use(tensor: Tensor, times: number): void {
    const owner = this.ownerOf(tensor);
    this.uses.set(owner, (this.uses.get(owner) ?? 0) + times);
  }

  private ownerOf(tensor: Tensor): Tensor {
    return this.owners.get(tensor) ?? tensor;
  }
}
