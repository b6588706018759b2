import { firstOf } from "../collections.ts";
import type { Numbers } from "./digest.ts";
import { type DType, describeType, type Shape, type TensorType } from "./dims.ts";
import { GraphError } from "./error.ts";

/**
 * Where a value lives: the root graph, or the body of a scan. A value that is written inside a body but
 * depends on nothing of it belongs to the scope outside, and is computed once.
 */
export class Scope {
  readonly parent: Scope | undefined;
  readonly depth: number;

  constructor(parent?: Scope) {
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  /** Is this scope `other`, or inside it? */
  within(other: Scope): boolean {
    let scope: Scope | undefined = this;
    while (scope !== undefined && scope.depth > other.depth) scope = scope.parent;
    return scope === other;
  }
}

export const rootScope = new Scope();

/** A symbolic tensor: one output of a node, with its type; it has no values. */
export class Tensor implements TensorType {
  readonly node: Node;
  readonly index: number;
  readonly dtype: DType;
  readonly shape: Shape;

  constructor(node: Node, index: number, type: TensorType) {
    this.node = node;
    this.index = index;
    this.dtype = type.dtype;
    this.shape = type.shape;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Where the value lives: the root graph or the body of a scan. */
  get scope(): Scope {
    return this.node.scope;
  }

  /** `float32[T, B, 64]` */
  toString(): string {
    return describeType(this);
  }
}

/** What an op is told beside its inputs. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Lists by the number of inputs that an op takes. */
export interface Lists<Item> {
  readonly 1: readonly [Item];
  readonly 2: readonly [Item, Item];
  readonly 3: readonly [Item, Item, Item];
  readonly some: readonly [Item, ...Item[]];
  readonly any: readonly Item[];
}

/** How many inputs an op takes. */
export type Arity = keyof Lists<unknown>;

/** What a gradient rule sees: the op's inputs and outputs, and the cotangent of each output that has one. */
export interface GradientContext<A, N extends Arity = "any"> {
  readonly inputs: Lists<Tensor>[N];
  readonly outputs: readonly Tensor[];
  /** The first output, for ops that have only one. */
  readonly output: Tensor;
  readonly attrs: A;
  readonly cotangents: readonly (Tensor | undefined)[];
  /** The cotangent of the first output, for ops that have only one. */
  readonly cotangent: Tensor;
}

/** What a lowering rule sees: names of the inputs, and a way to write ONNX nodes. */
export interface LoweringContext<A, N extends Arity = "any"> {
  readonly inputs: Lists<string>[N];
  readonly types: Lists<TensorType>[N];
  readonly outputs: readonly string[];
  readonly outputTypes: readonly TensorType[];
  readonly attrs: A;
  /** Writes an ONNX node; gives the names of its outputs (fresh ones unless named). */
  emit(
    op: string,
    inputs: readonly string[],
    attributes?: OnnxAttributes,
    outputs?: readonly string[],
    domain?: string,
  ): string;
  /** An int64 vector known when the graph is built. */
  integers(values: readonly number[]): string;
  /** A scalar or vector of the given type. */
  constant(values: Numbers, dtype: DType, shape?: readonly number[]): string;
  /** Gives an output the name of a value that is there already. */
  alias(output: number, name: string): void;
  /** Calls a value otherwise where a person reads of it. */
  label(name: string, label: string): void;
  /** A shape as an int64 vector; named dimensions are read from the graph's inputs at run time. */
  shape(shape: Shape): string;
  /** The body of a loop: parameters in, results out, in this order. */
  subgraph(parameters: readonly Tensor[], results: readonly Tensor[]): Subgraph;
}

export type OnnxAttributes = Readonly<
  Record<string, number | string | readonly number[] | FloatAttribute | Subgraph>
>;

/** A lowered scan body, as an attribute of its node. */
export interface Subgraph {
  readonly graph: object;
}

/** A float attribute, told apart from integers, which are the common case. */
export interface FloatAttribute {
  readonly float: number;
}

/** What a lifting rule sees: how to do the op for all time steps at once, on inputs with a new first axis. */
export interface LiftContext<A, N extends Arity = "any"> {
  /** Lifted inputs have one axis more, in front; the others are the same at every step. */
  readonly inputs: Lists<Tensor>[N];
  readonly lifted: readonly boolean[];
  /** Ranks before lifting. */
  readonly ranks: readonly number[];
  readonly attrs: A;
}

/** One row of the op table. */
export interface Op<A = Attributes, N extends Arity = "any"> {
  readonly name: string;
  /** Output types from input types; throws a GraphError when they do not fit. */
  readonly infer: (inputs: Lists<TensorType>[N], attrs: A) => readonly TensorType[];
  /** The cotangent of each input (undefined: none flows). An op without the rule stops gradients. */
  readonly gradient?: (context: GradientContext<A, N>) => readonly (Tensor | undefined)[];
  readonly lower: (context: LoweringContext<A, N>) => void;
  /** The same op with time as a first axis; an op without the rule stays inside its loop. */
  readonly lift?: (context: LiftContext<A, N>) => readonly Tensor[];
  /** Which inputs may be lifted, where not all may. */
  readonly liftable?: (lifted: readonly boolean[]) => boolean;
}

/** Forgets the attributes and the arity of a row, so that rows of all ops fit one table. */
export const defineOp = <A, N extends Arity = "any">(row: Op<A, N>): Op => row as unknown as Op;

export class Node {
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly attrs: Attributes;
  readonly scope: Scope;
  readonly outputs: Tensor[];

  constructor(
    op: Op,
    inputs: readonly Tensor[],
    attrs: Attributes,
    scope: Scope,
    types: readonly TensorType[],
  ) {
    this.op = op;
    this.inputs = inputs;
    this.attrs = attrs;
    this.scope = scope;
    this.outputs = types.map((type, index) => new Tensor(this, index, type));
  }

  /** The first input; a node without one has no use for it. */
  get input(): Tensor {
    return firstOf(this.inputs);
  }

  /** The first output. */
  get output(): Tensor {
    return firstOf(this.outputs);
  }
}

/** The innermost of some scopes; they have to lie on one line from the root. */
function innermost(tensors: readonly Tensor[]): Scope {
  let deepest = rootScope;
  for (const { scope } of tensors) {
    if (scope.depth > deepest.depth) deepest = scope;
  }
  const stray = tensors.find(({ scope }) => !deepest.within(scope));
  if (stray !== undefined) throw new GraphError(`a value ${stray} of one scan body is used inside another`);
  return deepest;
}

/**
 * Adds an op to the graph.
 *
 * @throws GraphError naming the op, the shapes and the line of model code when the inputs do not fit.
 */
export function apply(op: Op, inputs: readonly Tensor[], attrs: Attributes = {}): readonly Tensor[] {
  return newNode(op, inputs, attrs, inputs).outputs;
}

/** @param needs all that the node uses: it lives in the innermost of their scopes */
export function newNode(
  op: Op,
  inputs: readonly Tensor[],
  attrs: Attributes,
  needs: readonly Tensor[],
): Node {
  try {
    return new Node(op, inputs, attrs, innermost(needs), op.infer(inputs, attrs));
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    throw new GraphError(`${op.name}(${inputs.map(describeType).join(", ")}): ${error.what}`);
  }
}

/** Adds an op that has one output. */
export function apply1(op: Op, inputs: readonly Tensor[], attrs: Attributes = {}): Tensor {
  return newNode(op, inputs, attrs, inputs).output;
}
