/** Reads back of a lowered model what tests look at: the operators of a graph and of the loops in it. */
import protobuf from "protobufjs/minimal.js";
import type { Program } from "../../src/onnx/lower.ts";

/** Field numbers of onnx.proto. */
const fields = {
  model: { graph: 7 },
  graph: { node: 1 },
  node: { opType: 4, attribute: 5 },
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

/** A node of a graph: its operator and, of a loop, the nodes of its body. */
export interface OnnxNode {
  readonly op: string;
  readonly body: readonly OnnxNode[];
}

const nodesOf = (graph: Uint8Array): OnnxNode[] =>
  contents(graph, fields.graph.node).map((node) => ({
    op: new TextDecoder().decode(contents(node, fields.node.opType)[0]),
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
