import { type Dim, describeType, sameShape, type TensorType } from "./dims.ts";
import { GraphError } from "./error.ts";
import { parameter } from "./ops/leaves.ts";
import {
  type Attributes,
  defineOp,
  type Node,
  newNode,
  type Op,
  rootScope,
  Scope,
  Tensor,
} from "./tensor.ts";

/** What one step of a scan computes. */
export interface Body {
  readonly scope: Scope;
  /** Parameters: the state before the step. */
  readonly carry: readonly Tensor[];
  /** Parameters: this step's part of each sequence. */
  readonly xs: readonly Tensor[];
  /** The state after the step. */
  readonly next: readonly Tensor[];
  /** Values collected over all steps. It may grow (`stackOf`): that changes no other output. */
  readonly ys: Tensor[];
  readonly reverse: boolean;
}

interface ScanAttributes {
  readonly body: Body;
}

/** A node whose op is scan; inputs: the initial state, then the sequences; outputs: the final state, then the stacks. */
export type ScanNode = Node & { readonly attrs: ScanAttributes & Attributes };

const scanOp: Op = defineOp<ScanAttributes>({
  name: "scan",
  infer: (inputs, { body }) => {
    const { carry, next, ys } = body;
    carry.forEach((carry, i) => {
      const after = next[i] as Tensor;
      if (carry.dtype !== after.dtype || !sameShape(carry.shape, after.shape))
        throw new GraphError(
          `state ${i} is ${describeType(carry)} before a step and ${describeType(after)} after it`,
        );
    });
    const length = inputs[carry.length]?.shape[0] as Dim;
    return [...next, ...ys.map(({ dtype, shape }) => ({ dtype, shape: [length, ...shape] }))];
  },
  lower: ({ inputs, outputs, attrs: { body }, emit, subgraph }) => {
    const direction = body.reverse ? 1 : 0;
    const each = (tensors: readonly Tensor[], value: number) => tensors.map(() => value);
    const graph = subgraph([...body.carry, ...body.xs], [...body.next, ...body.ys]);
    const attributes = {
      body: graph,
      num_scan_inputs: body.xs.length,
      scan_input_directions: each(body.xs, direction),
      ...(body.ys.length > 0 && { scan_output_directions: each(body.ys, direction) }),
    };
    emit("Scan", inputs, attributes, outputs);
  },
});

export const isScan = (node: Node): node is ScanNode => node.op === scanOp;

/** A part of the state: before the first step, before a step, after it, and after the last one. */
export interface Carried {
  readonly init: Tensor;
  readonly carry: Tensor;
  readonly next: Tensor;
  readonly final: Tensor;
}

export const carriedBy = ({ inputs, outputs, attrs: { body } }: ScanNode): readonly Carried[] =>
  body.carry.map((carry, i) => ({
    init: inputs[i]!,
    carry,
    next: body.next[i]!,
    final: outputs[i]!,
  }));

/** A sequence and the part of it that a step sees. */
export interface Sliced {
  readonly sequence: Tensor;
  readonly slice: Tensor;
}

export const slicedBy = ({ inputs, attrs: { body } }: ScanNode): readonly Sliced[] =>
  body.xs.map((slice, i) => ({ sequence: inputs[body.carry.length + i]!, slice }));

/** A value of each step, and those of all steps. */
export interface Collected {
  readonly inner: Tensor;
  readonly output: Tensor;
}

export const collectedBy = ({ outputs, attrs: { body } }: ScanNode): readonly Collected[] =>
  body.ys.map((inner, i) => ({ inner, output: outputs[body.carry.length + i]! }));

/** How many steps there are. */
export const stepsOf = (node: ScanNode): Dim => slicedBy(node)[0]!.sequence.shape[0]!;

const knownFree = new WeakMap<Body, { readonly stacks: number; readonly values: readonly Tensor[] }>();

/** The values from outside that a body uses. */
export function freeValues(body: Body): readonly Tensor[] {
  const known = knownFree.get(body);
  if (known !== undefined && known.stacks === body.ys.length) return known.values;
  const values = new Set<Tensor>();
  const seen = new Set<Node>();
  const pending = [...body.next, ...body.ys];
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    if (tensor.scope !== body.scope) values.add(tensor);
    else if (!seen.has(tensor.node)) {
      seen.add(tensor.node);
      pending.push(...tensor.node.inputs, ...(isScan(tensor.node) ? freeValues(tensor.node.attrs.body) : []));
    }
  }
  knownFree.set(body, { stacks: body.ys.length, values: [...values] });
  return [...values];
}

let openScope = rootScope;

/** Runs `build` inside a scope: the parent of scopes that are opened meanwhile. */
export function inside<Result>(scope: Scope, build: () => Result): Result {
  const outer = openScope;
  openScope = scope;
  try {
    return build();
  } finally {
    openScope = outer;
  }
}

export const newScope = (): Scope => new Scope(openScope);

/** Adds a scan whose body is ready. */
export function addScan(inits: readonly Tensor[], sequences: readonly Tensor[], body: Body): ScanNode {
  const inputs = [...inits, ...sequences];
  return newNode(scanOp, inputs, { body }, [...inputs, ...freeValues(body)]) as ScanNode;
}

/** The part of a sequence that one step sees. */
export const sliceType = ({ dtype, shape }: TensorType): TensorType => ({ dtype, shape: shape.slice(1) });

/** All steps' values of something inside a body, `[T, ...]`; the scan collects it from now on. */
export function stackOf(node: ScanNode, inner: Tensor): Tensor {
  const sliced = slicedBy(node).find(({ slice }) => slice === inner);
  if (sliced !== undefined) return sliced.sequence;
  const collected = collectedBy(node).find((each) => each.inner === inner);
  if (collected !== undefined) return collected.output;
  node.attrs.body.ys.push(inner);
  const output = new Tensor(node, node.outputs.length, {
    dtype: inner.dtype,
    shape: [stepsOf(node), ...inner.shape],
  });
  node.outputs.push(output);
  return output;
}

/**
 * Tensors by name, in records (or lists) of any depth; a part may be absent. `{ h: Tensor }`, `{ cell: { h, c }, last?:
 * Tensor }` and interfaces of tensors are such.
 */
export type Tensors<Tree> = {
  readonly [Name in keyof Tree]: Tree[Name] extends Tensor | undefined
    ? Tree[Name]
    : Tree[Name] extends object | undefined
      ? Tensors<Tree[Name]>
      : never;
};

/** What a step answers: the state after it, and what to collect. */
export interface Step<State, Outputs> {
  readonly state: State;
  readonly outputs: Outputs;
}

/** What a scan goes over, and what it does at each step. */
export interface ScanOptions<State, Slices, Outputs> {
  /** The state before the first step. */
  readonly state: State;
  /** Sequences with time as their first axis; at least one. */
  readonly over: Slices;
  /** What one step computes from the state before it and its part of each sequence. */
  readonly step: (state: State, slices: Slices) => Step<State, Outputs>;
  /** From the last step to the first; outputs stay at the place of their step. */
  readonly reverse?: boolean;
}

/** The tensors of a tree, in the order of its names. */
function leavesOf(tree: unknown): readonly Tensor[] {
  if (tree === undefined) return [];
  if (tree instanceof Tensor) return [tree];
  if (typeof tree !== "object" || tree === null) throw new GraphError(`scan: ${tree} is no tensor`);
  return Object.values(tree).flatMap(leavesOf);
}

/** The leaves of `after` in the order of the names that `before` has. */
function leavesLike(before: unknown, after: unknown, place: string): readonly Tensor[] {
  if (before === undefined) return [];
  if (!(before instanceof Tensor))
    return Object.entries(before as object).flatMap(([name, part]) =>
      leavesLike(part, (after as Readonly<Record<string, unknown>> | undefined)?.[name], `${place}.${name}`),
    );
  if (after instanceof Tensor) return [after];
  throw new GraphError(`scan: ${place} is ${before} before a step and missing after it`);
}

/** A tree of the same names with other leaves. */
function withLeaves<Tree>(tree: Tree, leaves: readonly Tensor[]): Tree {
  const rest = leaves[Symbol.iterator]();
  const renewed = (part: unknown): unknown => {
    if (part === undefined) return undefined;
    if (part instanceof Tensor) return rest.next().value;
    if (Array.isArray(part)) return part.map(renewed);
    return Object.fromEntries(Object.entries(part as object).map(([name, inner]) => [name, renewed(inner)]));
  };
  return renewed(tree) as Tree;
}

/**
 * A loop over time. A step may use any value from outside, other scans' values included. State, sequences and outputs are
 * records of tensors, nested as the model likes them; the step and the caller see them under their own types.
 *
 * @example
 * const x = input("x", ["T", "B", 3]);
 * const h0 = input("h0", ["B", 3]);
 * const { state, outputs } = scan({
 *   state: { h: h0 },
 *   over: { x },
 *   step: ({ h }, { x }) => ({ state: { h: tanh(add(h, x)) }, outputs: { before: h } }),
 * });
 * `${state.h} ${outputs.before}` // 'float32[B, 3] float32[T, B, 3]'
 *
 * @throws GraphError when a step changes the type of the state or leaves a part of it out, or sequences differ in length
 * or are empty. A length that turns out to be 0 at run time is an error of the runtime (`runtime/run`): ONNX Runtime has no
 * loop of no steps.
 */
export function scan<
  State extends Tensors<State>,
  Slices extends Tensors<Slices>,
  Outputs extends Tensors<Outputs>,
>({ state, over, step, reverse = false }: ScanOptions<State, Slices, Outputs>): Step<State, Outputs> {
  const [inits, sequences] = [leavesOf(state), leavesOf(over)];
  checkLengths(sequences);
  const scope = newScope();
  const carry = inits.map((init) => parameter(init, scope));
  const xs = sequences.map((sequence) => parameter(sliceType(sequence), scope));
  const after = inside(scope, () => step(withLeaves(state, carry), withLeaves(over, xs)));
  const body: Body = {
    scope,
    carry,
    xs,
    next: leavesLike(state, after.state, "the state"),
    ys: [...leavesOf(after.outputs)],
    reverse,
  };
  const results = addScan(inits, sequences, body).outputs;
  return {
    state: withLeaves(state, results),
    outputs: withLeaves(after.outputs, results.slice(inits.length)),
  };
}

function checkLengths(sequences: readonly Tensor[]): void {
  const [first, ...others] = sequences;
  if (first === undefined)
    throw new GraphError("scan: at least one sequence is needed to say how many steps there are");
  if (first.shape[0] === 0)
    throw new GraphError(`scan: ${first} has no steps, and a loop takes at least one`);
  const odd = others.find(({ shape }) => shape[0] !== first.shape[0]);
  if (odd !== undefined) throw new GraphError(`scan: sequences ${first} and ${odd} differ in length`);
}
