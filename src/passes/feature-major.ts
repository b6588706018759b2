/**
 * Feature-major programs: rows of features `[..., B, n]` are kept with their last two axes exchanged, `[..., n, B]`, and
 * products x·W are computed as Wᵀ·xᵀ. A processor's kernels copy the right side of a product at every call and read the
 * left one where it is: so weights, which are large, stay where they are, and only the rows of a step are copied.
 *
 * Each rule writes an op on exchanged tensors and exchanges the result back; two exchanges in a row are none. What is
 * left of them stands at the edges of the graph and around ops without a rule.
 */
import { paired } from "../collections.ts";
import { type Dim, namesOf, product, type Shape, sameShape, type TensorType } from "../graph/dims.ts";
import {
  type MatmulAttributes,
  matmul,
  type ReduceAttributes,
  reshape,
  sum,
  transpose,
  transposeOp,
} from "../graph/ops/algebra.ts";
import { parameter } from "../graph/ops/leaves.ts";
import { Rebuilder, type Rule } from "../graph/rebuild.ts";
import {
  addScan,
  type Body,
  carriedBy,
  collectedBy,
  inside,
  newScope,
  type ScanNode,
  slicedBy,
} from "../graph/scan.ts";
import {
  type Attributes,
  apply,
  apply1,
  defineOp,
  type Node,
  type Op,
  type Tensor,
} from "../graph/tensor.ts";
import { bodyNodes } from "../graph/traverse.ts";
import { clean } from "./clean.ts";

/** Exchanges rows and features of a whole graph. @param columns the named sizes of batches whose rows become columns */
export function featureMajor(outputs: readonly Tensor[], columns: ReadonlySet<string>): readonly Tensor[] {
  return clean(new FeatureMajor(columns).run(outputs));
}

/** What a rule is told: a node with its inputs already rebuilt. */
interface Rewritten {
  readonly node: Node;
  readonly inputs: readonly Tensor[];
  readonly layout: FeatureMajor;
}

/** What a node becomes, in the layout as written; undefined: what it was. */
type LayoutRule = (rewritten: Rewritten) => readonly Tensor[] | undefined;

class FeatureMajor {
  private readonly columns: ReadonlySet<string>;
  private readonly known = new Map<Tensor, Tensor>();

  constructor(columns: ReadonlySet<string>) {
    this.columns = columns;
  }

  run(outputs: readonly Tensor[]): readonly Tensor[] {
    const scanRule = (scan: ScanNode): readonly Tensor[] => this.loop(scan);
    return new Rebuilder({ rule: this.rule, scanRule }).all(outputs);
  }

  /** Is this `[..., B, n]`? */
  isRows({ shape }: TensorType): boolean {
    const [rows, width] = shape.slice(-2);
    return (
      typeof rows === "string" &&
      typeof width === "number" &&
      namesOf(rows).some((name) => this.columns.has(name))
    );
  }

  /** The last two axes exchanged; once only for each tensor, and never there and back. */
  turned(x: Tensor): Tensor {
    if (isTurned(x)) return x.node.input;
    const known = this.known.get(x) ?? transpose(x);
    this.known.set(x, known);
    return known;
  }

  private readonly rule: Rule = (node, inputs) => rules.get(node.op.name)?.({ node, inputs, layout: this });

  /** A loop whose state, slices and collected values are feature-major where its body uses them so. */
  private loop(scan: ScanNode): readonly Tensor[] {
    const parameters = new Set([...exchangedWithin(scan)].filter((each) => this.isRows(each)));
    const outside = (value: Tensor, old: Tensor): Tensor =>
      parameters.has(old) ? this.turned(value) : value;
    const { body, stacks } = this.body(scan, parameters);
    const loop = addScan(
      carriedBy(scan).map(({ init, carry }) => outside(init, carry)),
      slicedBy(scan).map(({ sequence, slice }) => outside(sequence, slice)),
      body,
    );
    return [
      ...paired(carriedBy(loop), carriedBy(scan)).map(([{ final }, { carry }]) => outside(final, carry)),
      ...paired(collectedBy(loop), stacks).map(([{ output }, value]) =>
        isTurned(value) ? this.turned(output) : output,
      ),
    ];
  }

  /** @param parameters which of the old body's are exchanged @returns what is collected, as the old body's layout has it, too */
  private body(
    { attrs: { body } }: ScanNode,
    parameters: ReadonlySet<Tensor>,
  ): { readonly body: Body; readonly stacks: readonly Tensor[] } {
    const scope = newScope();
    const places = new Map<Tensor, Tensor>();
    const place = (old: Tensor): Tensor => {
      const fresh = parameter(parameters.has(old) ? turnedType(old) : old, scope);
      places.set(old, parameters.has(old) ? this.turned(fresh) : fresh);
      return fresh;
    };
    const [carry, xs] = [body.carry.map(place), body.xs.map(place)];
    const resolve = (tensor: Tensor): Tensor | undefined =>
      places.get(tensor) ?? (tensor.scope.within(body.scope) ? undefined : tensor);
    const rebuilder = new Rebuilder({ resolve, rule: this.rule });
    return inside(scope, () => {
      const next = paired(body.carry, body.next).map(([old, after]) => {
        const value = rebuilder.get(after);
        return parameters.has(old) ? this.turned(value) : value;
      });
      const stacks = body.ys.map((inner) => rebuilder.get(inner));
      const ys = stacks.map((value) => (isTurned(value) ? value.node.input : value));
      return { body: { scope, carry, xs, next, ys, reverse: body.reverse }, stacks };
    });
  }
}

/** What a body uses exchanged, or makes so for the next step. */
function exchangedWithin(scan: ScanNode): ReadonlySet<Tensor> {
  const { body } = scan.attrs;
  const used = bodyNodes(body).flatMap(({ output }) => (isTurned(output) ? [output.node.input] : []));
  const made = carriedBy(scan).flatMap(({ carry, next }) => (isTurned(next) ? [carry] : []));
  return new Set([...used, ...made]);
}

const lastTwoOf = (shape: Shape): Shape => shape.slice(-2);

const turnedShape = (shape: Shape): Shape => [...shape.slice(0, -2), ...lastTwoOf(shape).toReversed()];

const turnedType = ({ dtype, shape }: TensorType): TensorType => ({ dtype, shape: turnedShape(shape) });

const turnedAxis = (axis: number, rank: number): number => (axis < rank - 2 ? axis : 2 * rank - 3 - axis);

/** Is this another tensor with its last two axes exchanged? */
function isTurned({ node, rank }: Tensor): boolean {
  if (node.op !== transposeOp) return false;
  const { axes } = node.attrs as { readonly axes: readonly number[] };
  return axes.every((axis, i) => axis === turnedAxis(i, rank));
}

// ------------------------------------------------------------------------------------------------ rules

/** The same op, told of other attributes, on exchanged inputs; vectors stand along the features. */
function exchanged({ node, inputs, layout }: Rewritten, attrs: Attributes = node.attrs): readonly Tensor[] {
  const own = inputs.map((x) => {
    if (x.rank === 1) return reshape(x, [...x.shape, 1]);
    return x.rank === 0 ? x : layout.turned(x);
  });
  return apply(node.op, own, attrs).map((output) => layout.turned(output));
}

const makesRows = ({ node, layout }: Rewritten): boolean => layout.isRows(node.output);

const entrywise: LayoutRule = (rewritten) => (makesRows(rewritten) ? exchanged(rewritten) : undefined);

/** Ops that are told the shape of what they make. */
const shaped: LayoutRule = (rewritten) => {
  if (!makesRows(rewritten)) return undefined;
  const { shape } = rewritten.node.attrs as { readonly shape?: Shape };
  return exchanged(rewritten, {
    ...alongTurnedAxis(rewritten.node),
    ...(shape && { shape: turnedShape(shape) }),
  });
};

const alongAxis: LayoutRule = (rewritten) =>
  makesRows(rewritten) ? exchanged(rewritten, alongTurnedAxis(rewritten.node)) : undefined;

function alongTurnedAxis({ attrs, output }: Node): Attributes {
  const { axis } = attrs as { readonly axis?: number };
  return axis === undefined ? attrs : { ...attrs, axis: turnedAxis(axis, output.rank) };
}

/** Only rows that stay rows are exchanged back: what is left of others has no layout, and they come as they are. */
const reduction: LayoutRule = ({ node, inputs, layout }) => {
  const [x] = inputs as [Tensor];
  const { axes, keepDims } = node.attrs as unknown as ReduceAttributes;
  const staysRows = keepDims || axes.every((axis) => axis < x.rank - 2);
  if (!layout.isRows(x) || !(staysRows || isTurned(x))) return undefined;
  const attrs = { keepDims, axes: axes.map((axis) => turnedAxis(axis, x.rank)).sort((a, b) => a - b) };
  const reduced = apply(node.op, [layout.turned(x)], attrs);
  return staysRows ? reduced.map((output) => layout.turned(output)) : reduced;
};

/** A sum over all rows of all steps is taken of what weights' gradients are made of: runs of memory, and there already. */
const summation: LayoutRule = (rewritten) => {
  const { node, inputs, layout } = rewritten;
  const [x] = inputs as [Tensor];
  const { axes, keepDims } = node.attrs as unknown as ReduceAttributes;
  const isOfAllRows = layout.isRows(x) && x.rank === 3 && axes.join() === "0,1" && !keepDims;
  return isOfAllRows && isTurned(x) ? [sum(mergedColumns(x.node.input), [1])] : reduction(rewritten);
};

/**
 * A weight laid out anew, once for all steps. A plain transposition ONNX Runtime would move into the product, which then
 * reads the weight across its rows at 0.6 of the speed (its pass MatmulTransposeFusion); this one it does not recognise.
 */
const laidOutOp: Op = defineOp<unknown, 1>({
  name: "laidOut",
  infer: ([x]) => [turnedType(x)],
  lower: ({ inputs, types, outputs, emit, shape }) => {
    const [height, width] = types[0].shape as readonly [Dim, Dim];
    const cube = emit("Reshape", [inputs[0], shape([height, width, 1])], { allowzero: 1 });
    const turned = emit("Transpose", [cube], { perm: [1, 0, 2] });
    emit("Reshape", [turned, shape([width, height])], { allowzero: 1 }, outputs);
  },
});

/** A matrix that is the same for all rows. */
export const isWeight = ({ shape }: Tensor): boolean =>
  shape.length === 2 && shape.every((size) => typeof size === "number");

/** (x·W)ᵀ = Wᵀ·xᵀ, and aᵀ·b over all rows is aᵀ·(bᵀ)ᵀ. */
const productRule: LayoutRule = ({ node, inputs, layout }) => {
  const { transposeA, transposeB } = node.attrs as unknown as MatmulAttributes;
  const [a, b] = inputs as [Tensor, Tensor];
  const left = (): Tensor => {
    const factor = transposeB ? b : layout.turned(b);
    return isTurned(factor) && isWeight(b) ? apply1(laidOutOp, [factor.node.input]) : factor;
  };
  if (layout.isRows(node.output)) return [layout.turned(matmul(left(), transposeA ? a : layout.turned(a)))];
  const overRows = transposeA && !transposeB && layout.isRows(a) && layout.isRows(b);
  return overRows ? [matmul(layout.turned(a), layout.turned(b), { transposeB: true })] : undefined;
};

/** Leading axes that change around rows, or are merged with them: `[T, B, n]` as `[B*T, n]`. */
const reshaping: LayoutRule = ({ node, inputs, layout }) => {
  const [x] = inputs as [Tensor];
  const { shape } = node.attrs as { readonly shape: Shape };
  if (!isTurned(x) || !layout.isRows(x) || !layout.isRows(node.output)) return undefined;
  const columns = x.node.input;
  if (sameShape(lastTwoOf(x.shape), lastTwoOf(shape)))
    return [layout.turned(reshape(columns, turnedShape(shape)))];
  const isMerged = x.shape.at(-1) === shape.at(-1) && shape.length === 2;
  return isMerged ? [layout.turned(mergedColumns(columns))] : undefined;
};

/** `[..., n, B]` as `[n, ...*B]`: the columns of all steps beside each other. */
function mergedColumns(x: Tensor): Tensor {
  const leading = Array.from({ length: x.rank - 2 }, (_, axis) => axis);
  const features = transpose(x, [x.rank - 2, ...leading, x.rank - 1]);
  const [width, ...columns] = features.shape as readonly [Dim, ...Dim[]];
  return reshape(features, [width, product(columns)]);
}

/** Who exchanges axes by himself has what is exchanged already. */
const exchange: LayoutRule = ({ node, inputs, layout }) => {
  const [x] = inputs as [Tensor];
  return isTurned(node.output) ? [layout.turned(x)] : undefined;
};

/** Rules by the names of ops. */
export const rules: ReadonlyMap<string, LayoutRule> = new Map(
  (
    [
      [
        entrywise,
        "add sub mul div neg cast named exp log sqrt reciprocal abs sign floor round tanh sigmoid relu softplus leakyRelu",
        "sin cos erf stopGradient pow maximum minimum greater greaterEqual less lessEqual equal and or not isNaN isInf where",
      ],
      [shaped, "expand retyped pad placed"],
      [alongAxis, "concat split slice cumsum softmax logSoftmax topK gatherAlong scatterAddAlong"],
      [reduction, "max logSumExp"],
      [summation, "sum"],
      [productRule, "matmul"],
      [reshaping, "reshape"],
      [exchange, "transpose"],
    ] as const
  ).flatMap(([rule, ...names]) =>
    names.flatMap((list) => list.split(" ")).map((name) => [name, rule] as const),
  ),
);
