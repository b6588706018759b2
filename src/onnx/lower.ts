import { firstOf } from "../collections.ts";
import { VrnnError } from "../errors.ts";
import type { Numbers } from "../graph/digest.ts";
import {
  type Dim,
  type DType,
  derivationOf,
  describeType,
  factorOf,
  namesOf,
  type Shape,
  type TensorType,
} from "../graph/dims.ts";
import { onnxType } from "../graph/ops/algebra.ts";
import { contentKey, inputOp } from "../graph/ops/leaves.ts";
import {
  type LoweringContext,
  type Node,
  type OnnxAttributes,
  rootScope,
  type Tensor,
} from "../graph/tensor.ts";
import { nodesBelow } from "../graph/traverse.ts";
import {
  type AttributeProto,
  encodeModel,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfo,
} from "./proto.ts";

/** A graph ready to run: an ONNX model and what it takes and gives. */
export interface Program {
  readonly model: Uint8Array;
  readonly inputs: Readonly<Record<string, TensorType>>;
  readonly outputs: Readonly<Record<string, TensorType>>;
}

const opset = 21;
const irVersion = 10;

/** What travels inside a model. */
export interface LowerOptions {
  /** Key and value pairs. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Values of some float32 inputs, by name: they are kept inside (weights, say), and nobody feeds them. */
  readonly stored?: Readonly<Record<string, Float32Array>>;
}

/**
 * Writes a graph as an ONNX model.
 *
 * @example
 * const program = lower({ twice: mul(input("x", ["T"]), 2) });
 * Object.keys(program.inputs) // ["x"]
 *
 * @param outputs the values to compute, by the names they shall have
 * @param options what travels inside the model
 * @throws VrnnError `onnx/dimension` when a named size can be read from no input, `onnx/name` when two inputs, or an
 * input and an output, share a name.
 */
export function lower(
  outputs: Readonly<Record<string, Tensor>>,
  { metadata = {}, stored = {} }: LowerOptions = {},
): Program {
  const lowering = new Lowering(outputs, stored);
  const graph = lowering.run();
  const model = encodeModel({
    irVersion,
    producerName: "vrnn",
    graph,
    opsetImport: [{ domain: "", version: opset }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  const types = Object.fromEntries(
    Object.entries(outputs).map(([name, { dtype, shape }]) => [name, { dtype, shape }]),
  );
  return { model, inputs: lowering.inputs, outputs: types };
}

const arrayOf: Readonly<Record<DType, (values: Numbers) => ArrayBufferView>> = {
  float32: (values) => (values instanceof Float32Array ? values : Float32Array.from(values)),
  float64: (values) => (values instanceof Float64Array ? values : Float64Array.from(values)),
  int64: (values) => BigInt64Array.from(Array.from<number>(values), BigInt),
  bool: (values) => Uint8Array.from(values),
};

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const valueInfo = (name: string, { dtype, shape }: TensorType): ValueInfo => ({
  name,
  type: {
    tensorType: {
      elemType: onnxType[dtype],
      shape: { dim: shape.map((dim) => (typeof dim === "number" ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
});

/** ONNX's numbers for kinds of attributes (AttributeProto.AttributeType). */
const attributeType = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;

function attributeProto(name: string, value: OnnxAttributes[string]): AttributeProto {
  if (typeof value === "number") return { name, type: attributeType.int, i: value };
  if (typeof value === "string")
    return { name, type: attributeType.string, s: new TextEncoder().encode(value) };
  if ("float" in value) return { name, type: attributeType.float, f: value.float };
  if ("graph" in value) return { name, type: attributeType.graph, g: value.graph };
  return { name, type: attributeType.ints, ints: value };
}

/** The types of two inputs of one name, where they are not the same. */
const differently = (one: TensorType | undefined, other: TensorType): string =>
  one === undefined || describeType(one) === describeType(other)
    ? ""
    : `: ${describeType(one)} and ${describeType(other)}`;

/** Operators that fail at run time when an index is out of range. */
const lookups: ReadonlySet<string> = new Set([
  "Gather",
  "GatherND",
  "GatherElements",
  "ScatterND",
  "ScatterElements",
]);

/** What a message of the runtime calls a node: by its output; a lookup also by the table and the indices. */
const nodeName = (
  opType: string,
  [table, indices]: readonly string[],
  [output]: readonly string[],
): string => (lookups.has(opType) ? `${output} = ${table}[${indices}]` : (output as string));

/** Where a named size can be read, an axis of a value, and the name under which it has been. */
interface Source {
  readonly section: Section;
  readonly name: string;
  readonly axis: number;
  read?: string;
}

/** The nodes of one graph or loop body, and where named sizes can be read in it. */
class Section {
  readonly nodes: NodeProto[] = [];
  readonly parent: Section | undefined;
  private readonly sources = new Map<Dim, Source>();

  constructor(parent?: Section) {
    this.parent = parent;
  }

  remember(name: string, { shape }: TensorType): void {
    shape.forEach((dim, axis) => {
      if (typeof dim === "string" && !this.sources.has(dim))
        this.sources.set(dim, { section: this, name, axis });
    });
  }

  source(dim: Dim): Source | undefined {
    return this.parent?.source(dim) ?? this.sources.get(dim);
  }
}

class Lowering {
  readonly inputs: Record<string, TensorType> = {};
  private readonly wanted: Readonly<Record<string, Tensor>>;
  private readonly stored: Readonly<Record<string, Float32Array>>;
  private readonly names = new Map<Tensor, string>();
  private readonly initializers = new Map<string, TensorProto>();
  private readonly labels = new Map<string, string>();
  private count = 0;

  constructor(wanted: Readonly<Record<string, Tensor>>, stored: Readonly<Record<string, Float32Array>>) {
    this.wanted = wanted;
    this.stored = stored;
  }

  run(): GraphProto {
    const section = new Section();
    const results = Object.values(this.wanted);
    const nodes = nodesBelow(results, rootScope);
    for (const node of nodes) if (node.op === inputOp) this.declareInput(node, section);
    const copies = this.nameOutputs();
    for (const node of nodes) if (node.op !== inputOp) this.node(node, section);
    for (const [name, tensor] of copies) this.emit(section, "Identity", [this.nameOf(tensor)], {}, [name]);
    return {
      name: "vrnn",
      node: section.nodes,
      initializer: [...this.initializers.values()],
      input: Object.entries(this.inputs).map(([name, type]) => valueInfo(name, type)),
      output: Object.entries(this.wanted).map(([name, type]) => valueInfo(name, type)),
    };
  }

  private declareInput(node: Node, section: Section): void {
    const { name, type } = node.attrs as { name: string; type: TensorType };
    const other = Object.hasOwn(this.inputs, name) ? this.inputs[name] : undefined;
    if (other !== undefined || this.initializers.has(`stored ${name}`))
      throw new VrnnError("onnx/name", `two inputs are called ${name}${differently(other, type)}`);
    if (Object.hasOwn(this.wanted, name))
      throw new VrnnError("onnx/name", `an input and an output are both called ${name}`);
    this.names.set(node.output, name);
    if (Object.hasOwn(this.stored, name)) this.store(name, type);
    else {
      this.inputs[name] = type;
      section.remember(name, type);
    }
  }

  private store(name: string, { shape }: TensorType): void {
    this.initializers.set(`stored ${name}`, {
      name,
      dims: shape.map(Number),
      dataType: onnxType.float32,
      rawData: bytesOf(this.stored[name] as Float32Array),
    });
  }

  /** Values carry their output's name from the start; inputs and second names are copied at the end. */
  private nameOutputs(): readonly (readonly [string, Tensor])[] {
    return Object.entries(this.wanted).filter(([name, tensor]) => {
      if (this.names.has(tensor)) return true;
      this.names.set(tensor, name);
      return false;
    });
  }

  private node(node: Node, section: Section): void {
    const outputs = node.outputs.map((tensor) => this.nameOf(tensor));
    node.op.lower({
      inputs: node.inputs.map((tensor) => this.nameOf(tensor)),
      types: node.inputs,
      outputs,
      outputTypes: node.outputs,
      attrs: node.attrs,
      alias: (output, name) => this.alias(section, node.outputs[output] as Tensor, name),
      label: (name, label) => void this.labels.set(name, label),
      ...this.writer(section),
    });
    node.outputs.forEach((tensor, i) => {
      section.remember(outputs[i] as string, tensor);
    });
  }

  /** A value under the name of another; what the caller wants keeps a name of its own. */
  private alias(section: Section, tensor: Tensor, name: string): void {
    if (Object.values(this.wanted).includes(tensor))
      this.emit(section, "Identity", [name], {}, [this.nameOf(tensor)]);
    else this.names.set(tensor, name);
  }

  private writer(
    section: Section,
  ): Pick<LoweringContext<unknown>, "emit" | "integers" | "constant" | "shape" | "subgraph"> {
    return {
      emit: (...node) => this.emit(section, ...node),
      integers: (values) => this.constant(values, "int64"),
      constant: (...value) => this.constant(...value),
      shape: (shape) => this.shape(section, shape),
      subgraph: (parameters, results) => ({ graph: this.body(section, parameters, results) }),
    };
  }

  /** A name that neither an input nor an output has. */
  private fresh(prefix: string): string {
    const name = `${prefix}_${this.count++}`;
    const isTaken = [this.inputs, this.wanted, this.stored].some((taken) => Object.hasOwn(taken, name));
    return isTaken ? this.fresh(prefix) : name;
  }

  private nameOf(tensor: Tensor): string {
    const name = this.names.get(tensor) ?? this.fresh(tensor.node.op.name);
    this.names.set(tensor, name);
    return name;
  }

  private emit(
    section: Section,
    opType: string,
    input: readonly string[],
    attributes: OnnxAttributes = {},
    output: readonly string[] = [this.fresh(opType.toLowerCase())],
    domain = "",
  ): string {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    const name = nodeName(
      opType,
      input.map((each) => this.labels.get(each) ?? each),
      output,
    );
    section.nodes.push({ input, output, name, opType, domain, attribute });
    return output[0] as string;
  }

  private constant(values: Numbers, dtype: DType, dims: readonly number[] = [values.length]): string {
    const key = contentKey({ values, type: { dtype, shape: dims } });
    const known = this.initializers.get(key);
    if (known !== undefined) return known.name;
    const name = this.fresh("constant");
    this.initializers.set(key, {
      name,
      dims,
      dataType: onnxType[dtype],
      rawData: bytesOf(arrayOf[dtype](values)),
    });
    return name;
  }

  private shape(section: Section, shape: Shape): string {
    if (shape.every((dim) => typeof dim === "number")) return this.constant(shape, "int64");
    const sizes = shape.map((dim) => this.size(section, dim));
    return sizes.length === 1 ? (sizes[0] as string) : this.emit(section, "Concat", sizes, { axis: 0 });
  }

  /** A size as an int64 vector of one entry; one with a name is read once, where it is first known. */
  private size(section: Section, dim: Dim): string {
    if (typeof dim === "number") return this.constant([dim], "int64");
    const source = section.source(dim);
    if (source === undefined) return this.sizeOfProduct(section, dim);
    const { section: place, name, axis } = source;
    source.read ??= this.emit(place, "Shape", [name], { start: axis, end: axis + 1 });
    return source.read;
  }

  private sizeOfProduct(section: Section, dim: string): string {
    const names = namesOf(dim);
    if (names[0] === dim) return this.derivedSize(section, dim);
    const factors = [...names, factorOf(dim)].map((factor) => this.size(section, factor));
    return factors.reduce((all, factor) => this.emit(section, "Mul", [all, factor]));
  }

  /** `(T+1)` by arithmetic where nothing has such an axis; a cut leaves no fewer than none. */
  private derivedSize(section: Section, dim: string): string {
    const derived = derivationOf(dim);
    if (derived === undefined)
      throw new VrnnError("onnx/dimension", `the size ${dim} can be read from no input`, {
        remedy: `feed an input with an axis ${dim}`,
      });
    const terms = derived.map((term) => this.size(section, term));
    return this.emit(section, "Max", [this.emit(section, "Add", terms), this.size(section, 0)]);
  }

  private body(outer: Section, parameters: readonly Tensor[], results: readonly Tensor[]): GraphProto {
    const section = new Section(outer);
    for (const parameter of parameters) section.remember(this.nameOf(parameter), parameter);
    const scope = firstOf(parameters).scope;
    for (const node of nodesBelow(results, scope))
      if (!parameters.includes(node.output)) this.node(node, section);
    const output = this.results(section, results, new Set(parameters));
    return {
      name: this.fresh("body"),
      node: section.nodes,
      initializer: [],
      input: parameters.map((parameter) => valueInfo(this.nameOf(parameter), parameter)),
      output,
    };
  }

  /** A result needs a name of its own: parameters, values from outside and second uses are copied. */
  private results(section: Section, results: readonly Tensor[], taken: Set<Tensor>): readonly ValueInfo[] {
    return results.map((tensor) => {
      const own =
        !taken.has(tensor) && section.nodes.some(({ output }) => output.includes(this.nameOf(tensor)));
      taken.add(tensor);
      const name = own ? this.nameOf(tensor) : this.emit(section, "Identity", [this.nameOf(tensor)]);
      return valueInfo(name, tensor);
    });
  }
}
