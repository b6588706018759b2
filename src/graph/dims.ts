import { GraphError } from "./error.ts";

/**
 * The size of one axis: a number, or a name for a size known only at run time (`"T"`, `"B"`).
 * Products of names are dimensions too, written with their factors sorted: `"32*B*T"`.
 */
export type Dim = number | string;
/** The sizes of all axes. */
export type Shape = readonly Dim[];

/** The types of entries. Models compute in float32; float64 serves tests and units of data. */
export type DType = "float32" | "float64" | "int64" | "bool";

/** What is known of a tensor before it has values. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** `float32[T, B, 64]` */
export const describeType = (type: TensorType): string => `${type.dtype}[${type.shape.join(", ")}]`;

export const isFloat = (dtype: DType): boolean => dtype === "float32" || dtype === "float64";

interface Monomial {
  readonly factor: number;
  readonly names: readonly string[];
}

function parse(dim: Dim): Monomial {
  if (typeof dim === "number") return { factor: dim, names: [] };
  const parts = dim.split(/\*(?![^(]*\))/); // what stands in brackets is one name: `(B*T+1)`
  const head = Number(parts[0]);
  return Number.isNaN(head) ? { factor: 1, names: parts } : { factor: head, names: parts.slice(1) };
}

function print({ factor, names }: Monomial): Dim {
  if (names.length === 0 || factor === 0) return factor;
  const product = [...names].sort().join("*");
  return factor === 1 ? product : `${factor}*${product}`;
}

/** The number of entries of a shape, as a dimension. */
export function product(dims: Shape): Dim {
  const parsed = dims.map(parse);
  return print({
    factor: parsed.reduce((all, dim) => all * dim.factor, 1),
    names: parsed.flatMap((dim) => dim.names),
  });
}

/** The names that a dimension is made of: `"32*B*T"` has `B` and `T`. */
export const namesOf = (dim: Dim): readonly string[] => parse(dim).names;

/** The numeric factor of a dimension: 32 for `"32*B*T"`. */
export const factorOf = (dim: Dim): number => parse(dim).factor;

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis]);

/** Counts a negative axis from the end and checks that it exists. */
export function normaliseAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank)
    throw new GraphError(`axis ${axis} does not exist in a tensor of rank ${rank}`);
  return positive;
}

/** A dimension that has to be a number, such as the width of a weight. */
export function numeric(dim: Dim | undefined, what: string): number {
  if (typeof dim !== "number") throw new GraphError(`${what} has to be a number, not ${dim}`);
  return dim;
}

/** NumPy's broadcasting, on names as well as numbers: equal, or one of them 1. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const left = a[index - rank + a.length] ?? 1;
    const right = b[index - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new GraphError(
      `shapes [${a.join(", ")}] and [${b.join(", ")}] do not broadcast: ${left} against ${right}`,
    );
  });
}

/** The size and the number that `derivedDim` made a name of: `(T+1)` of `T` and 1. */
export function derivationOf(name: string): readonly [Dim, number] | undefined {
  const parts = /^\((.*)([+-]\d+)\)$/.exec(name);
  return parts === null ? undefined : [parts[1] as string, Number(parts[2])];
}

/**
 * A name for a size that is another by arithmetic other than a product: `T+1`, `T-3`. What is put on and taken off again is
 * no change: `(T+2)` less 2 is `T`. (What is taken off first may have been more than there was.)
 */
export function derivedDim(dim: Dim, offset: number): Dim {
  if (typeof dim === "number") return dim + offset;
  if (offset === 0) return dim;
  const [base, before] = derivationOf(dim) ?? [dim, 0];
  if (before > 0 && before + offset >= 0) return derivedDim(base, before + offset);
  return `(${dim}${offset < 0 ? "" : "+"}${offset})`;
}
