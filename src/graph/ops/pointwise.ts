/** Functions of one entry at a time, comparisons and choices. */
import { broadcast, type DType } from "../dims.ts";
import { GraphError } from "../error.ts";
import { apply1, defineOp, type Op, type Tensor } from "../tensor.ts";
import { alignLifted, binaryOp, cast, div, filledLike, mul, neg, sameDType, sub, sumTo } from "./algebra.ts";
import { type Operand, operands } from "./leaves.ts";

/** dx from the cotangent, x and y = f(x). */
type UnaryGradient = (g: Tensor, x: Tensor, y: Tensor) => Tensor | undefined;

type UnaryLowering = Op<unknown, 1>["lower"];

function unary(
  name: string,
  onnx: string,
  gradient?: UnaryGradient,
  lower?: UnaryLowering,
): (x: Tensor) => Tensor {
  const row: Op = defineOp<unknown, 1>({
    name,
    infer: ([x]) => [x],
    ...(gradient && {
      gradient: ({ inputs, output, cotangent }) => [gradient(cotangent, inputs[0], output)],
    }),
    lower: lower ?? (({ inputs, outputs, emit }) => void emit(onnx, inputs, {}, outputs)),
    lift: ({ inputs }) => [apply1(row, inputs)],
  });
  return (x) => apply1(row, [x]);
}

/** eˣ of more is infinite, by type. */
const largestExponent: Readonly<Partial<Record<DType, number>>> = { float32: 88, float64: 709 };

/**
 * max(x, log(1 + exp(min(x, 88)))): ONNX Runtime's own kernel knows no float64 and works entry by entry, ten times slower
 * than the vectorised pieces.
 */
const lowerSoftplus: UnaryLowering = ({ inputs, types, outputs, emit, constant }) => {
  const { dtype } = types[0];
  const bounded = emit("Min", [inputs[0], constant([largestExponent[dtype] ?? 0], dtype, [])]);
  const soft = emit("Log", [emit("Add", [emit("Exp", [bounded]), constant([1], dtype, [])])]);
  emit("Max", [inputs[0], soft], {}, outputs);
};

/** The largest power of 2, by type: the product of it and the smallest positive normal number is more than 1. */
const huge: Readonly<Partial<Record<DType, number>>> = { float32: 2 ** 127, float64: 2 ** 1023 };

/** Where x ≥ 0 is positive, as 0 and 1 in x's type. Kernels compare and cast entry by entry; this is vectorised. */
const positive = (x: Tensor): Tensor => stopGradient(minimum(mul(x, huge[x.dtype] ?? 1), 1));

/** eˣ, entry by entry. */
export const exp = unary("exp", "Exp", (g, _x, y) => mul(g, y));
/** The natural logarithm, entry by entry; −Infinity at 0, NaN below. */
export const log = unary("log", "Log", (g, x) => div(g, x));
/** √x, entry by entry. */
export const sqrt = unary("sqrt", "Sqrt", (g, _x, y) => div(mul(g, 0.5), y));
/** 1/x, entry by entry. */
export const reciprocal = unary("reciprocal", "Reciprocal", (g, _x, y) => neg(mul(g, mul(y, y))));
/** |x|, entry by entry. */
export const abs = unary("abs", "Abs", (g, x) => mul(g, sign(x)));
/** −1, 0 or 1 by the sign of x; no gradient flows. */
export const sign = unary("sign", "Sign");
/** The greatest whole number that is not above x; no gradient flows. */
export const floor = unary("floor", "Floor");
/** The nearest whole number, halves to the even one; no gradient flows. */
export const round = unary("round", "Round");
/** The hyperbolic tangent, entry by entry. */
export const tanh = unary("tanh", "Tanh", (g, _x, y) => mul(g, sub(1, mul(y, y))));
/** σ(x) = 1/(1 + e⁻ˣ), entry by entry. */
export const sigmoid = unary("sigmoid", "Sigmoid", (g, _x, y) => mul(g, mul(y, sub(1, y))));
/** max(x, 0), entry by entry. */
export const relu = unary("relu", "Relu", (g, _x, y) => mul(g, positive(y)));
/** log(1 + eˣ), entry by entry, without overflow. */
export const softplus = unary("softplus", "Softplus", (g, x) => mul(g, sigmoid(x)), lowerSoftplus);
const leakyReluOp: Op = defineOp<{ readonly slope: number }, 1>({
  name: "leakyRelu",
  infer: ([x], { slope }) => {
    if (!(slope >= 0 && slope <= 1)) throw new GraphError(`the slope has to be from 0 to 1, not ${slope}`);
    return [x];
  },
  gradient: ({ inputs, attrs: { slope }, cotangent: g }) => [where(greater(inputs[0], 0), g, mul(g, slope))],
  lower: ({ inputs, types, outputs, attrs: { slope }, emit, constant }) => {
    const { dtype } = types[0];
    if (dtype === "float32") return void emit("LeakyRelu", inputs, { alpha: { float: slope } }, outputs);
    // ONNX Runtime's kernel knows no float64.
    const leak = emit("Mul", [inputs[0], constant([slope], dtype, [])]);
    emit("Max", [inputs[0], leak], {}, outputs);
  },
  lift: ({ inputs, attrs }) => [apply1(leakyReluOp, inputs, attrs)],
});

/** x where it is positive, slope·x where it is not. */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => apply1(leakyReluOp, [x], { slope });

/** The sine of x in radians. */
export const sin = unary("sin", "Sin", (g, x) => mul(g, cos(x)));
/** The cosine of x in radians. */
export const cos = unary("cos", "Cos", (g, x) => neg(mul(g, sin(x))));
/** The error function 2/√π ∫₀ˣ exp(−t²) dt, entry by entry. */
export const erf = unary("erf", "Erf", (g, x) => mul(g, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))));

/** x², entry by entry. */
export const square = (x: Tensor): Tensor => mul(x, x);

/** log σ(x), exact in both tails. */
export const logSigmoid = (x: Tensor): Tensor => neg(softplus(neg(x)));

/** An identity through which no gradient flows. */
export const stopGradient = unary("stopGradient", "Identity");

const powOp = binaryOp("pow", "Pow", (g, a, b, y) => [
  mul(g, mul(b, pow(a, sub(b, 1)))),
  mul(g, mul(y, log(a))),
]);
/** aᵇ with broadcasting; gradients need a positive base. */
export const pow = (a: Operand, b: Operand): Tensor => apply1(powOp, operands(a, b));

/** Ties send the whole cotangent to the second operand. */
const maximumOp = binaryOp("maximum", "Max", (g, a, b) => byComparison(g, greater(a, b)));
const minimumOp = binaryOp("minimum", "Min", (g, a, b) => byComparison(g, less(a, b)));

function byComparison(g: Tensor, first: Tensor): readonly Tensor[] {
  const share = cast(first, g.dtype);
  return [mul(g, share), mul(g, sub(1, share))];
}

/** The larger of two, entry by entry, with broadcasting. */
export const maximum = (a: Operand, b: Operand): Tensor => apply1(maximumOp, operands(a, b));
/** The smaller of two, entry by entry, with broadcasting. */
export const minimum = (a: Operand, b: Operand): Tensor => apply1(minimumOp, operands(a, b));

function comparison(name: string, onnx: string): (a: Operand, b: Operand) => Tensor {
  const row: Op = defineOp<unknown, 2>({
    name,
    infer: (inputs) => {
      sameDType(inputs);
      const [a, b] = inputs;
      return [{ dtype: "bool", shape: broadcast(a.shape, b.shape) }];
    },
    lower: ({ inputs, outputs, emit }) => void emit(onnx, inputs, {}, outputs),
    lift: (context) => [apply1(row, alignLifted(context))],
  });
  return (a, b) => apply1(row, operands(a, b));
}

/** Where a > b: bool, with broadcasting. */
export const greater = comparison("greater", "Greater");
/** Where a ≥ b: bool, with broadcasting. */
export const greaterEqual = comparison("greaterEqual", "GreaterOrEqual");
/** Where a < b: bool, with broadcasting. */
export const less = comparison("less", "Less");
/** Where a ≤ b: bool, with broadcasting. */
export const lessEqual = comparison("lessEqual", "LessOrEqual");
/** Where a = b: bool, with broadcasting; NaN equals nothing. */
export const equal = comparison("equal", "Equal");

function logical(name: string, onnx: string): (...inputs: readonly Tensor[]) => Tensor {
  const row: Op = defineOp<unknown, "some">({
    name,
    infer: (inputs) => {
      const stranger = inputs.find(({ dtype }) => dtype !== "bool");
      if (stranger !== undefined) throw new GraphError(`needs bool, not ${stranger.dtype}`);
      return [{ dtype: "bool", shape: inputs.map(({ shape }) => shape).reduce(broadcast) }];
    },
    lower: ({ inputs, outputs, emit }) => void emit(onnx, inputs, {}, outputs),
    lift: (context) => [apply1(row, alignLifted(context))],
  });
  return (...inputs) => apply1(row, inputs);
}

/** Where both hold; bool. */
export const and: (a: Tensor, b: Tensor) => Tensor = logical("and", "And");
/** Where either holds; bool. */
export const or: (a: Tensor, b: Tensor) => Tensor = logical("or", "Or");
/** Where it does not hold; bool. */
export const not: (a: Tensor) => Tensor = logical("not", "Not");

function test(name: string, onnx: string): (x: Tensor) => Tensor {
  const row: Op = defineOp<unknown, 1>({
    name,
    infer: ([x]) => [{ dtype: "bool" as DType, shape: x.shape }],
    lower: ({ inputs, outputs, emit }) => void emit(onnx, inputs, {}, outputs),
    lift: ({ inputs }) => [apply1(row, inputs)],
  });
  return (x) => apply1(row, [x]);
}

/** Where x is not a number: bool. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: reached as graph.isNaN, named like the function it is.
export const isNaN = test("isNaN", "IsNaN");
/** Where x is infinite: bool. */
export const isInf = test("isInf", "IsInf");

/** The row of `where`. */
export const whereOp: Op = defineOp<unknown, 3>({
  name: "where",
  infer: ([choice, yes, no]) => {
    if (choice.dtype !== "bool") throw new GraphError(`the condition has to be bool, not ${choice.dtype}`);
    return [{ dtype: sameDType([yes, no]), shape: broadcast(broadcast(choice.shape, yes.shape), no.shape) }];
  },
  gradient: ({ inputs: [condition, a, b], cotangent: g }) => {
    const zero = filledLike({ dtype: g.dtype, shape: [] }, 0);
    return [undefined, sumTo(where(condition, g, zero), a.shape), sumTo(where(condition, zero, g), b.shape)];
  },
  lower: ({ inputs, outputs, emit }) => void emit("Where", inputs, {}, outputs),
  lift: (context) => [apply1(whereOp, alignLifted(context))],
});

/** `a` where the condition holds, `b` elsewhere; what is not chosen has no effect, not even as NaN. */
export const where = (condition: Tensor, a: Operand, b: Operand): Tensor =>
  apply1(whereOp, [condition, ...operands(a, b)]);

/** `x` held within a range; outside it no gradient flows. */
export const clamp = (x: Tensor, low: number, high: number): Tensor => minimum(maximum(x, low), high);

/** The numbers of least value, by type. */
export const lowest: Readonly<Partial<Record<DType, number>>> = {
  float32: -(2 - 2 ** -23) * 2 ** 127,
  float64: -Number.MAX_VALUE,
};

/** x, and the lowest number in place of −∞: a difference to it is never NaN. */
export const boundedBelow = (x: Tensor): Tensor => maximum(x, lowest[x.dtype] ?? 0);
