/** Common subexpressions, dead values and small rewritings, in one walk over the graph. */
import { firstOf } from "../collections.ts";
import { type Dim, product, sameShape } from "../graph/dims.ts";
import {
  add,
  addOp,
  expandOp,
  filledLike,
  type MatmulAttributes,
  matmul,
  matmulOp,
  reshape,
  sum,
  sumOp,
  transpose,
} from "../graph/ops/algebra.ts";
import { scatterAddRows, scatterAddRowsOp } from "../graph/ops/indexing.ts";
import { concat, concatOp, sliceOp, splitOp } from "../graph/ops/layout.ts";
import { type ConstantAttributes, constantOp, contentKey, isConstant } from "../graph/ops/leaves.ts";
import { Rebuilder, type Rule } from "../graph/rebuild.ts";
import { isScan, type ScanNode } from "../graph/scan.ts";
import { apply, type Node, type Scope, type Tensor } from "../graph/tensor.ts";
import { bodyNodes, dependencies, nodesBelow } from "../graph/traverse.ts";
import { anyOf } from "./rewrite.ts";

/** Sums over steps that need none of what they add up: the gradients of weights that are used inside a loop. */
const sumsOverSteps: Rule = (node, [stack]) => {
  const { axes, keepDims } = node.attrs as { axes: readonly number[]; keepDims: boolean };
  const isPlain = node.op === sumOp && stack !== undefined && axes.length === 1 && !keepDims;
  const total = isPlain ? sumOverSteps(stack, axes[0] as number) : undefined;
  return total && [total];
};

/** The sum of a stack, without the stack; undefined where there is no such shortcut. */
function sumOverSteps(stack: Tensor, axis: number): Tensor | undefined {
  return (
    (axis === 0 ? sumOfProducts(stack) : undefined) ?? sumOfAddedRows(stack, axis) ?? sumOfTerms(stack, axis)
  );
}

/** Σₜ aₜᵀbₜ is one product of all rows; of batches of matrices, one of each place of the batch. */
function sumOfProducts({ node }: Tensor): Tensor | undefined {
  if (node.op !== matmulOp) return undefined;
  const { transposeA, transposeB } = node.attrs as unknown as MatmulAttributes;
  const [a, b] = node.inputs as [Tensor, Tensor];
  const isStack = a.rank > 2 && a.rank === b.rank && sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (!isStack || !transposeA || transposeB) return undefined;
  return matmul(rowsOfSteps(a), rowsOfSteps(b), { transposeA: true });
}

/** The rows of all steps' matrices one below the other: `[T, ...batch, rows, n]` → `[...batch, T·rows, n]`. */
function rowsOfSteps(stack: Tensor): Tensor {
  const { rank } = stack;
  const batch = Array.from({ length: rank - 3 }, (_, i) => i + 1);
  const below = transpose(stack, [...batch, 0, rank - 2, rank - 1]);
  const [width, rows, steps] = below.shape.toReversed() as [Dim, Dim, Dim];
  return reshape(below, [...below.shape.slice(0, -3), product([steps, rows]), width]);
}

/** Whether all entries are known to be 0. */
export const isZero = (tensor: Tensor): boolean =>
  tensor.node.op === expandOp ? isZero(tensor.node.input) : isConstant(tensor, 0);

/** Rows added at each step are rows added once: no step needs a table of its own. */
function sumOfAddedRows({ node }: Tensor, axis: number): Tensor | undefined {
  if (node.op !== scatterAddRowsOp || node.attrs["batch"] !== axis + 1) return undefined;
  const [base, indices, rows] = node.inputs as [Tensor, Tensor, Tensor];
  return scatterAddRows(sumOfBases(base, axis), indices, rows, { batch: axis });
}

function sumOfBases(base: Tensor, axis: number): Tensor {
  if (!isZero(base)) return sumOverSteps(base, axis) ?? sum(base, [axis]);
  return filledLike({ dtype: base.dtype, shape: base.shape.filter((_, i) => i !== axis) }, 0);
}

/** Of a sum of stacks, one of which has a shortcut (a weight that is used twice), each is added up on its own. */
function sumOfTerms({ node, shape }: Tensor, axis: number): Tensor | undefined {
  const isWhole = node.op === addOp && node.inputs.every((term) => sameShape(term.shape, shape));
  if (!isWhole) return undefined;
  const totals = node.inputs.map((term) => sumOverSteps(term, axis));
  if (totals.every((total) => total === undefined)) return undefined;
  return totals.map((total, i) => total ?? sum(node.inputs[i] as Tensor, [axis])).reduce(add);
}

/** What is cut out of joined tensors, along the axis and at the seams of the joint, is some of them. */
const cutsOfJoined: Rule = (node, [joined]) => {
  const bounds = cutsOf(node);
  if (bounds === undefined || joined?.node.op !== concatOp) return undefined;
  const axis = node.attrs["axis"] as number;
  if (joined.node.attrs["axis"] !== axis) return undefined;
  const cuts = bounds.map((bound) => partsWithin(joined.node.inputs, axis, bound));
  return cuts.every((parts) => parts !== undefined) ? cuts.map((parts) => concat(parts, axis)) : undefined;
};

/** From where to where along its axis an op cuts, not included the end; undefined of ops that do not cut. */
type Bounds = readonly [start: number, end: number];

function cutsOf({ op, attrs }: Node): readonly Bounds[] | undefined {
  if (op === sliceOp) return [[attrs["start"] as number, attrs["end"] as number]];
  return op === splitOp ? boundsOf(attrs["sizes"] as readonly number[]) : undefined;
}

function boundsOf(sizes: readonly number[]): readonly Bounds[] {
  let end = 0;
  return sizes.map((size) => {
    const start = end;
    end += size;
    return [start, end];
  });
}

/** The joined tensors that fill a cut exactly; undefined where there are none, or sizes are not known. */
function partsWithin(
  parts: readonly Tensor[],
  axis: number,
  [start, end]: Bounds,
): readonly Tensor[] | undefined {
  const sizes = parts.map(({ shape }) => Number(shape[axis])); // NaN of a named size
  const places = boundsOf(sizes);
  const isSeam = (at: number) => places.some(([from, to]) => from === at || to === at);
  const within = parts.filter((_, i) => places[i]![0] >= start && places[i]![1] <= end);
  return within.length > 0 && isSeam(start) && isSeam(end) ? within : undefined;
}

/** Copies what some outputs need, each value once. */
export function clean(
  outputs: readonly Tensor[],
  scanRule?: (scan: ScanNode) => readonly Tensor[],
): readonly Tensor[] {
  const used = usedTensors(outputs);
  const numbering = new ValueNumbering();
  const rule = anyOf([sumsOverSteps, cutsOfJoined, (node, inputs) => numbering.outputs(node, inputs)]);
  const keepStack = (output: Tensor): boolean => used.has(output);
  return new Rebuilder({ rule, keepStack, ...(scanRule && { scanRule }) }).all(outputs);
}

/** Every tensor that something uses, in all scopes. */
function usedTensors(outputs: readonly Tensor[]): ReadonlySet<Tensor> {
  const used = new Set<Tensor>(outputs);
  const visit = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      for (const each of dependencies(node)) used.add(each);
      if (!isScan(node)) continue;
      for (const each of [...node.attrs.body.next, ...node.attrs.body.ys]) used.add(each);
      visit(bodyNodes(node.attrs.body));
    }
  };
  visit(nodesBelow(outputs));
  return used;
}

/** Finds a node that does the same to the same inputs. */
class ValueNumbering {
  private readonly numbers = new Map<Tensor, number | string>();
  private readonly known = new Map<Scope, Map<string, readonly Tensor[]>>();

  outputs(node: Node, inputs: readonly Tensor[]): readonly Tensor[] {
    const fresh = apply(node.op, inputs, node.attrs);
    const { scope } = firstOf(fresh).node;
    const table = this.known.get(scope) ?? new Map<string, readonly Tensor[]>();
    this.known.set(scope, table);
    const key = `${node.op.name} ${inputs.map((each) => this.number(each)).join(" ")} ${JSON.stringify(node.attrs)}`;
    const present = table.get(key);
    if (present === undefined) table.set(key, fresh);
    return present ?? fresh;
  }

  /** Constants of equal content count as one. */
  private number(tensor: Tensor): number | string {
    const known = this.numbers.get(tensor);
    if (known !== undefined) return known;
    const { op, attrs } = tensor.node;
    const number = op === constantOp ? contentKey(attrs as unknown as ConstantAttributes) : this.numbers.size;
    this.numbers.set(tensor, number);
    return number;
  }
}
