/** Reads back of a lowered model what tests look at: the operators of a graph and of the loops in it. */
import protobuf from "protobufjs/minimal.js";
import type { Program } from "../../src/onnx/lower.ts";

/** Field numbers of onnx.proto. */
const fields = {
  model: { graph: 7 },
  graph: { node: 1 },
  node: { input: 1, output: 2, opType: 4, attribute: 5 },
  attribute: { g: 6 },
};

/** The contents of all fields of one number in a message. */
function contents(message: Uint8Array, wanted: number): Uint8Array[] {
  const reader = protobuf.Reader.create(message);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === wanted) found.push(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return found;
}

const textsIn = (message: Uint8Array, wanted: number): readonly string[] =>
  contents(message, wanted).map((bytes) => new TextDecoder().decode(bytes));

/** A node of a graph: its operator and, of a loop, the nodes of its body. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly body: readonly OnnxNode[];
}

const nodesOf = (graph: Uint8Array): OnnxNode[] =>
  contents(graph, fields.graph.node).map((node) => ({
    op: textsIn(node, fields.node.opType)[0] as string,
    inputs: textsIn(node, fields.node.input),
    outputs: textsIn(node, fields.node.output),
    body: contents(node, fields.node.attribute)
      .flatMap((attribute) => contents(attribute, fields.attribute.g))
      .flatMap(nodesOf),
  }));

/** The nodes of a program, loops with their bodies. */
export const readNodes = ({ model }: Program): readonly OnnxNode[] =>
  contents(model, fields.model.graph).flatMap(nodesOf);

/** The operators of each loop of a program, loop by loop. */
export const loopsOf = (program: Program): readonly (readonly string[])[] =>
  readNodes(program)
    .filter(({ op }) => op === "Scan")
    .map(({ body }) => body.map(({ op }) => op));

/** Activations that ONNX Runtime runs with the product before them. */
const activations: ReadonlySet<string> = new Set(["Relu", "Sigmoid", "Tanh"]);

/** How many kernels each loop of a program starts at a step: an activation runs with its product, if it alone reads that. */
export const kernelsOf = (program: Program): readonly number[] =>
  readNodes(program)
    .filter(({ op }) => op === "Scan")
    .map(({ body }) => body.filter((node) => !isFused(node, body)).length);

function isFused({ op, inputs: [x] }: OnnxNode, body: readonly OnnxNode[]): boolean {
  const isProduct = body.some((node) => node.op === "Gemm" && node.outputs[0] === x);
  const readers = body.filter(({ inputs }) => inputs.includes(x as string));
  return activations.has(op) && isProduct && readers.length === 1;
}
