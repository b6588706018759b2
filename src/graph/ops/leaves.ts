import { fingerprint, type Numbers } from "../digest.ts";
import type { DType, Shape, TensorType } from "../dims.ts";
import { GraphError } from "../error.ts";
import { apply1, defineOp, Node, type Op, type Scope, type Tensor } from "../tensor.ts";

/** A tensor, or a number that takes the type of the other operand. */
export type Operand = Tensor | number;

interface InputAttributes {
  readonly name: string;
  readonly type: TensorType;
}

export const inputOp = defineOp<InputAttributes>({
  name: "input",
  infer: (_, { type }) => [type],
  lower: () => undefined,
});

/**
 * A value that the caller feeds at every run.
 *
 * @example
 * input("x", ["T", "B", 3]).toString() // 'float32[T, B, 3]'
 */
export const input = (name: string, shape: Shape, dtype: DType = "float32"): Tensor =>
  apply1(inputOp, [], { name, type: { dtype, shape } });

export interface ConstantAttributes {
  readonly values: Numbers;
  readonly type: TensorType;
}

export const constantOp = defineOp<ConstantAttributes>({
  name: "constant",
  infer: (_, { values, type }) => {
    const size = type.shape.reduce<number>((all, dim) => all * Number(dim), 1);
    if (size !== values.length)
      throw new GraphError(`${values.length} values for shape [${type.shape.join(", ")}]`);
    return [type];
  },
  lower: ({ attrs: { values, type }, constant, alias }) =>
    alias(0, constant(values, type.dtype, type.shape.map(Number))),
});

/**
 * A value known when the graph is built. Large ones are best given as typed arrays.
 *
 * @param values row-major; they are not copied and must not change afterwards
 * @example
 * constant([1, 2], [2]).toString() // 'float32[2]'
 */
export const constant = (values: Numbers, shape: Shape, dtype: DType = "float32"): Tensor =>
  apply1(constantOp, [], { values, type: { dtype, shape } });

/** Tells constants of different type or content apart. */
export const contentKey = ({ values, type: { dtype, shape } }: ConstantAttributes): string =>
  `${dtype}[${shape.join()}] ${fingerprint(values)}`;

/** A constant of rank 0. */
export const scalar = (value: number, dtype: DType = "float32"): Tensor => constant([value], [], dtype);

/** Makes both operands tensors; a number becomes a scalar of the other's type. */
export function operands(a: Operand, b: Operand): readonly [Tensor, Tensor] {
  if (typeof a === "number") {
    if (typeof b === "number") throw new GraphError("at least one operand has to be a tensor");
    return [scalar(a, b.dtype), b];
  }
  return [a, typeof b === "number" ? scalar(b, a.dtype) : b];
}

/** Is this the constant `value`, in every entry? */
export const isConstant = (operand: Operand, value: number): boolean =>
  typeof operand === "number"
    ? operand === value
    : operand.node.op === constantOp &&
      holdsOnly((operand.node.attrs as unknown as ConstantAttributes).values, value);

function holdsOnly(values: Numbers, value: number): boolean {
  for (const each of values) if (each !== value) return false;
  return true;
}

const namedOp: Op = defineOp<{ readonly name: string }, 1>({
  name: "named",
  infer: ([x]) => [x],
  gradient: ({ cotangent }) => [cotangent],
  lower: ({ inputs, attrs, alias, label }) => {
    label(inputs[0], attrs.name);
    alias(0, inputs[0]);
  },
  lift: ({ inputs, attrs }) => [named(inputs[0], attrs.name)],
});

/**
 * The same tensor under a name for people: printed graphs have it, and the error of a lookup out of range.
 *
 * @example
 * const table = named(reshape(part, [8000, 256]), "embedding.weight");
 */
export const named = (x: Tensor, name: string): Tensor => apply1(namedOp, [x], { name });

/** What the body of a scan receives at each step: a carried value or a slice. */
export const parameterOp = defineOp<{ readonly type: TensorType }>({
  name: "parameter",
  infer: (_, { type }) => [type],
  lower: () => undefined,
});

export const parameter = ({ dtype, shape }: TensorType, scope: Scope): Tensor =>
  new Node(parameterOp, [], { type: { dtype, shape } }, scope, [{ dtype, shape }]).output;
