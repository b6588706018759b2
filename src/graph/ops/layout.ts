/** Cutting tensors apart and putting them together. */
import {
  type Dim,
  derivedDim,
  describeType,
  normaliseAxis,
  numeric,
  product,
  type Shape,
  sameShape,
  type TensorType,
} from "../dims.ts";
import { GraphError } from "../error.ts";
import {
  type Arity,
  apply,
  apply1,
  defineOp,
  type LiftContext,
  type Lists,
  type Op,
  type Tensor,
} from "../tensor.ts";
import { expand, reshape, sameDType, timeOf, transpose, unsqueeze } from "./algebra.ts";
import { constant } from "./leaves.ts";

interface AxisAttributes {
  readonly axis: number;
}

/** A shape with another size on one axis. */
export const withAxis = (shape: Shape, axis: number, dim: Dim): Shape =>
  shape.map((old, i) => (i === axis ? dim : old));

/** Every input with a time axis; what is the same at each step is repeated. */
export function allLifted<N extends Arity>(context: LiftContext<unknown, N>): Lists<Tensor>[N] {
  const time = timeOf(context);
  const inputs: readonly Tensor[] = context.inputs;
  const lifted = inputs.map((x, i) => (context.lifted[i] ? x : expand(x, [time, ...x.shape])));
  return lifted as readonly Tensor[] as Lists<Tensor>[N];
}

function joinedSize(inputs: readonly TensorType[], axis: number): Dim {
  const sizes = inputs.map(({ shape }) => shape[axis] as Dim);
  const named = sizes.filter((size) => typeof size === "string");
  const known = entries(sizes);
  if (named.length === 0) return known;
  return named.length === 1 ? derivedDim(named[0] as string, known) : `(${sizes.join("+")})`;
}

export const concatOp: Op = defineOp<AxisAttributes, "some">({
  name: "concat",
  infer: (inputs, { axis }) => {
    const [first, ...others] = inputs;
    const frame = withAxis(first.shape, axis, "*");
    const stranger = others.find(({ shape }) => !sameShape(withAxis(shape, axis, "*"), frame));
    if (stranger !== undefined)
      throw new GraphError(`only axis ${axis} may differ, found [${stranger.shape.join(", ")}]`);
    return [{ dtype: sameDType(inputs), shape: withAxis(first.shape, axis, joinedSize(inputs, axis)) }];
  },
  gradient: ({ inputs, attrs: { axis }, cotangent }) => partsOf(cotangent, inputs, axis),
  lower: ({ inputs, outputs, attrs, emit }) => void emit("Concat", inputs, { axis: attrs.axis }, outputs),
  lift: (context) => [concat(allLifted(context), context.attrs.axis + 1)],
});

/** Cuts what is as long as joined tensors into pieces as long as each; one of them may be of a size without a number. */
function partsOf(whole: Tensor, parts: readonly Tensor[], axis: number): readonly Tensor[] {
  const sizes = parts.map(({ shape }) => shape[axis] as Dim);
  if (sizes.every((size) => typeof size === "number")) return split(whole, sizes, axis);
  const named = sizes.filter((size) => typeof size === "string");
  if (named.length > 1)
    throw new GraphError(
      `concat: no gradient where sizes ${named.join(" and ")} are joined: one may have a name`,
    );
  const place = sizes.findIndex((size) => typeof size === "string");
  return parts.map((part, i) => {
    const before = entries(sizes.slice(0, i));
    const own = entries(sizes.slice(i, i + 1));
    const behind = entries(sizes.slice(i + 1));
    if (i < place) return slice(whole, axis, before, before + own);
    if (i > place && own === 0) return slice(whole, axis, 0, 0);
    // From the named part on, places are known from the end alone.
    const start = i === place ? before : -(own + behind);
    return retyped(slice(whole, axis, start, behind === 0 ? toTheEnd : -behind), part.shape);
  });
}

/** The sum of sizes, those without a number left out. */
const entries = (sizes: readonly Dim[]): number =>
  sizes.reduce<number>((all, size) => all + (typeof size === "number" ? size : 0), 0);

/** Tensors side by side along an axis (the last, unless said). */
export function concat(parts: readonly Tensor[], axis = -1): Tensor {
  const [first] = parts;
  if (first === undefined) throw new GraphError("nothing to join");
  return parts.length === 1 ? first : apply1(concatOp, parts, { axis: normaliseAxis(axis, first.rank) });
}

interface SplitAttributes extends AxisAttributes {
  readonly sizes: readonly number[];
}

export const splitOp: Op = defineOp<SplitAttributes, 1>({
  name: "split",
  infer: ([{ dtype, shape }], { axis, sizes }) => {
    const whole = sizes.reduce((all, size) => all + size, 0);
    if (shape[axis] !== whole)
      throw new GraphError(`sizes ${sizes.join("+")} do not add up to ${shape[axis]}`);
    return sizes.map((size) => ({ dtype, shape: withAxis(shape, axis, size) }));
  },
  gradient: ({ outputs, attrs, cotangents }) => [
    concat(
      outputs.map((y, i) => cotangents[i] ?? expand(constant([0], [], y.dtype), y.shape)),
      attrs.axis,
    ),
  ],
  lower: ({ inputs, outputs, attrs, emit, integers }) =>
    void emit("Split", [inputs[0], integers(attrs.sizes)], { axis: attrs.axis }, outputs),
  lift: ({ inputs, attrs }) => apply(splitOp, inputs, { ...attrs, axis: attrs.axis + 1 }),
});

/** Cuts an axis (the last, unless said) into pieces of the given sizes. */
export const split = (x: Tensor, sizes: readonly number[], axis = -1): readonly Tensor[] =>
  sizes.length === 1 && x.shape.at(axis) === sizes[0]
    ? [x]
    : apply(splitOp, [x], { axis: normaliseAxis(axis, x.rank), sizes });

interface SliceAttributes extends AxisAttributes {
  readonly start: number;
  readonly end: number;
}

/** ONNX takes any end beyond the axis as its end. */
const toTheEnd = 2 ** 31 - 1;

function slicedSize(dim: Dim, start: number, end: number): Dim {
  if (typeof dim === "number") return end - start;
  if (end === toTheEnd) return start < 0 ? -start : derivedDim(dim, -start);
  if (start >= 0 === end >= 0) return end - start;
  if (start < 0) throw new GraphError(`no name for what lies between ${start} and ${end} of ${dim}`);
  return derivedDim(dim, end - start);
}

export const sliceOp: Op = defineOp<SliceAttributes, 1>({
  name: "slice",
  infer: ([{ dtype, shape }], { axis, start, end }) => {
    return [{ dtype, shape: withAxis(shape, axis, slicedSize(shape[axis] as Dim, start, end)) }];
  },
  gradient: ({ inputs: [x], attrs: { axis, start, end }, cotangent }) => {
    const size = x.shape[axis] as Dim;
    const behind = end === toTheEnd ? 0 : end < 0 ? -end : sizeLess(size, end);
    const before = start >= 0 ? start : sizeLess(size, -start);
    const { shape } = x;
    return before === undefined || behind === undefined
      ? [apply1(placedOp, [cotangent], { axis, start, shape })]
      : [apply1(padOp, [cotangent], { axis, before, behind, shape })];
  },
  lower: ({ inputs, outputs, attrs, emit, integers }) =>
    void emit(
      "Slice",
      [inputs[0], integers([attrs.start]), integers([attrs.end]), integers([attrs.axis])],
      {},
      outputs,
    ),
  lift: ({ inputs, attrs }) => [apply1(sliceOp, inputs, { ...attrs, axis: attrs.axis + 1 })],
});

/** Entries `start` to `end` (not included) of an axis; negative numbers count from its end. */
export function slice(x: Tensor, axis: number, start: number, end: number = toTheEnd): Tensor {
  const at = normaliseAxis(axis, x.rank);
  const size = x.shape[at] as Dim;
  const bounds = typeof size === "number" ? withinAxis(size, start, end) : { start, end };
  return apply1(sliceOp, [x], { axis: at, ...bounds });
}

/** What is left of a size without some entries, where it is known. */
const sizeLess = (size: Dim, entries: number): number | undefined =>
  typeof size === "number" ? size - entries : undefined;

/** Bounds counted from the front and held within an axis of known size. */
function withinAxis(size: number, start: number, end: number): Pick<SliceAttributes, "start" | "end"> {
  const from = (at: number) => Math.min(size, Math.max(0, at < 0 ? at + size : at));
  return { start: from(start), end: Math.max(from(start), from(end)) };
}

interface PadAttributes extends AxisAttributes {
  readonly before: number;
  readonly behind: number;
  /** The resulting shape, where naming it by arithmetic would lose a simpler name. */
  readonly shape?: Shape;
}

const padOp: Op = defineOp<PadAttributes, 1>({
  name: "pad",
  infer: ([x], { axis, before, behind, shape }) => {
    const size = derivedDim(x.shape[axis] as Dim, before + behind);
    return [{ dtype: x.dtype, shape: shape ?? withAxis(x.shape, axis, size) }];
  },
  gradient: ({ inputs, attrs: { axis, before, behind }, cotangent }) => {
    const kept = slice(cotangent, axis, before, behind === 0 ? toTheEnd : -behind);
    return [retyped(kept, inputs[0].shape)];
  },
  lower: ({ inputs, outputs, types, attrs, emit, integers }) => {
    const rank = types[0].shape.length;
    const pads = [attrs.before, attrs.behind].flatMap((size) =>
      Array.from({ length: rank }, (_, i) => (i === attrs.axis ? size : 0)),
    );
    emit("Pad", [inputs[0], integers(pads)], {}, outputs);
  },
  lift: (context) => {
    const { inputs, attrs } = context;
    const shape = attrs.shape && { shape: [timeOf(context), ...attrs.shape] };
    return [apply1(padOp, inputs, { ...attrs, axis: attrs.axis + 1, ...shape })];
  },
});

interface PlacedAttributes extends AxisAttributes {
  /** Where the entries begin; negative numbers count from the end. */
  readonly start: number;
  readonly shape: Shape;
}

/** Some first or last entries of an axis whose size is known only at run time, and zeros elsewhere. */
const placedOp: Op = defineOp<PlacedAttributes, 1>({
  name: "placed",
  infer: ([{ dtype }], { shape }) => [{ dtype, shape }],
  gradient: ({ inputs: [x], attrs: { axis, start }, cotangent }) => {
    const end = start + numeric(x.shape[axis], "the number of placed entries");
    return [slice(cotangent, axis, start, end === 0 ? toTheEnd : end)];
  },
  lower: ({ inputs, outputs, types, attrs: { axis, start, shape: whole }, emit, integers, shape }) => {
    const count = numeric(types[0].shape[axis], "the number of placed entries");
    const near = start >= 0 ? start : -start - count;
    const far = emit("Sub", [shape([whole[axis] as Dim]), integers([near + count])]);
    // Pads of all axes: those of some, told by a list of axes, ONNX Runtime moves across a transposition as if of all.
    const others = [axis, whole.length - 1 - axis].map((count) => integers(Array<number>(count).fill(0)));
    const [before, behind] = start >= 0 ? [integers([near]), far] : [far, integers([near])];
    const along = (places: string): readonly string[] => [others[0] as string, places, others[1] as string];
    const pads = emit("Concat", [...along(before), ...along(behind)], { axis: 0 });
    emit("Pad", [inputs[0], pads], {}, outputs);
  },
  lift: (context) => {
    const { inputs, attrs } = context;
    const shape = [timeOf(context), ...attrs.shape];
    return [apply1(placedOp, inputs, { ...attrs, axis: attrs.axis + 1, shape })];
  },
});

/** Zeros in front of and behind the entries of an axis. */
export const pad = (x: Tensor, axis: number, before: number, behind: number): Tensor =>
  apply1(padOp, [x], { axis: normaliseAxis(axis, x.rank), before, behind });

/** The same tensor under a shape that names the same sizes otherwise (`T` for `((T+1)-1)`). */
const retypedOp: Op = defineOp<{ readonly shape: Shape }, 1>({
  name: "retyped",
  infer: ([x], { shape }) => [{ dtype: x.dtype, shape }],
  gradient: ({ inputs, cotangent }) => [retyped(cotangent, inputs[0].shape)],
  lower: ({ inputs, outputs, emit }) => void emit("Identity", inputs, {}, outputs),
  lift: (context) => [
    apply1(retypedOp, context.inputs, { shape: [timeOf(context), ...context.attrs.shape] }),
  ],
});

export const retyped = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply1(retypedOp, [x], { shape });

/** Tensors of one shape along a new axis. */
export const stack = (parts: readonly Tensor[], axis = 0): Tensor =>
  concat(
    parts.map((part) => unsqueeze(part, axis)),
    axis,
  );

const reverseWithinOp: Op = defineOp<unknown, 2>({
  name: "reverseWithin",
  infer: ([{ dtype, shape }, lengths]) => {
    if (shape.length < 2 || !sameShape(lengths.shape, [shape[1] as Dim]) || lengths.dtype !== "int64")
      throw new GraphError(`sequences [T, B, ...] need lengths int64[B], not ${describeType(lengths)}`);
    return [{ dtype, shape }];
  },
  gradient: ({ inputs, cotangent }) => [reverseWithin(cotangent, inputs[1]), undefined],
  lower: ({ inputs, outputs, emit }) =>
    void emit("ReverseSequence", inputs, { time_axis: 0, batch_axis: 1 }, outputs),
  // ONNX has room for two axes: those of the batch and of the loop become one.
  lift: (context) => {
    const [x, lengths] = allLifted(context);
    const swapped = [1, 0, ...x.shape.slice(2).map((_, i) => i + 2)];
    const turned = transpose(x, swapped); // [T, loop, B, ...]
    const [time, loop, batch, ...rest] = turned.shape as readonly [Dim, Dim, Dim, ...Dim[]];
    const rows = product([loop, batch]);
    const reversed = reverseWithin(reshape(turned, [time, rows, ...rest]), reshape(lengths, [rows]));
    return [transpose(reshape(reversed, turned.shape), swapped)];
  },
});

/**
 * The first `lengths[b]` steps of each row in reverse order; what lies beyond stays where it is. A network that reads
 * backwards sees no padding first so. It undoes itself.
 *
 * @param x `[T, B, ...]`
 * @param lengths int64 `[B]`, each from 0 to T
 * @example
 * reverseWithin(x, lengths) // of length 3, [1, 2, 3, 0] becomes [3, 2, 1, 0]
 */
export const reverseWithin = (x: Tensor, lengths: Tensor): Tensor => apply1(reverseWithinOp, [x, lengths]);
