/** Arithmetic that needs fewer ops: each a rule for one op whose inputs are known. */
import { broadcast, type Shape, sameShape } from "../graph/dims.ts";
import {
  add,
  addOp,
  divOp,
  expandOp,
  mul,
  mulOp,
  neg,
  negOp,
  type ReduceAttributes,
  sub,
  subOp,
  sum,
  sumOp,
} from "../graph/ops/algebra.ts";
import { whereOp } from "../graph/ops/pointwise.ts";
import { Rebuilder, type Rule } from "../graph/rebuild.ts";
import { apply, type Op, type Tensor } from "../graph/tensor.ts";
import { anyOf } from "./rewrite.ts";
import { sumsOverScattered, sumsWithScattered } from "./scattered.ts";
import { usesEverywhere } from "./uses.ts";

/** Arithmetic whose kernels broadcast what they are given. */
export const broadcasting: ReadonlySet<Op> = new Set([addOp, subOp, mulOp, divOp, whereOp]);

/** What is expanded only to meet a larger operand need not be where kernels broadcast it as fast: one number, or rows. */
const withoutExpansion: Rule = ({ op, output, attrs }, inputs) => {
  if (!broadcasting.has(op)) return undefined;
  const place = inputs.findIndex(({ node }) => node.op === expandOp && isFast(node.input, output));
  if (place < 0) return undefined;
  const smaller = inputs.map((each, i) => (i === place ? each.node.input : each));
  const shape = smaller.map((each): Shape => each.shape).reduce(broadcast);
  return sameShape(shape, output.shape) ? apply(op, smaller, attrs) : undefined;
};

const isFast = ({ shape }: Tensor, whole: Tensor): boolean =>
  shape.every((size) => size === 1) || shape.at(-1) === whole.shape.at(-1);

/** a + (−b) is a − b, and a − (−b) is a + b. */
const signsOfTerms: Rule = ({ op }, [a, b]) => {
  if (op === addOp && b?.node.op === negOp) return [sub(a as Tensor, b.node.input)];
  if (op === addOp && a?.node.op === negOp) return [sub(b as Tensor, a.node.input)];
  if (op === subOp && b?.node.op === negOp) return [add(a as Tensor, b.node.input)];
  return undefined;
};

/** −(−a) is a, and −(a − b) is b − a. */
const signsOfSigns: Rule = ({ op }, [x]) => {
  if (op !== negOp || x === undefined) return undefined;
  if (x.node.op === negOp) return [x.node.input];
  const [a, b] = x.node.inputs as [Tensor, Tensor];
  return x.node.op === subOp ? [sub(b, a)] : undefined;
};

/** (−a)·b is −(a·b): outside of a product its sign may meet a sum that takes it in. A small factor keeps its own. */
const signsOfFactors: Rule = ({ op, output }, [a, b]) => {
  if (op !== mulOp) return undefined;
  const isNegated = (x: Tensor | undefined): boolean =>
    x?.node.op === negOp && sameShape(x.shape, output.shape);
  if (isNegated(a)) return [neg(mul((a as Tensor).node.input, b as Tensor))];
  return isNegated(b) ? [neg(mul(a as Tensor, (b as Tensor).node.input))] : undefined;
};

/** The sum of sums is one sum, where nothing else asks for the inner ones: it would be read twice. */
const sumsOfSums =
  (isOnce: (tensor: Tensor) => boolean): Rule =>
  ({ op, attrs, inputs: [asWritten] }, [inner]) => {
    if (op !== sumOp || inner?.node.op !== sumOp || !isOnce(asWritten as Tensor)) return undefined;
    const [outer, own] = [attrs, inner.node.attrs] as unknown as [ReduceAttributes, ReduceAttributes];
    if (outer.keepDims || own.keepDims) return undefined;
    const left = inner.node.input.shape.map((_, axis) => axis).filter((axis) => !own.axes.includes(axis));
    return [sum(inner.node.input, [...own.axes, ...outer.axes.map((axis) => left[axis] as number)])];
  };

const rules: readonly Rule[] = [
  withoutExpansion,
  signsOfTerms,
  signsOfSigns,
  signsOfFactors,
  sumsWithScattered,
  sumsOverScattered,
];

/** Arithmetic in fewer ops, from the inputs of a graph to its outputs. */
export function simplify(outputs: readonly Tensor[]): readonly Tensor[] {
  const uses = usesEverywhere(outputs);
  const rule = anyOf([...rules, sumsOfSums((tensor) => uses.get(tensor) === 1)]);
  return new Rebuilder({ rule }).all(outputs);
}
