/** The messages of onnx.proto (IR version 10) as protobufjs reads and writes them, for what lowered models hold. */
import protobuf from "protobufjs/light.js";

type Fields = Readonly<Record<string, readonly [id: number, type: string, rule?: "repeated"]>>;

const messages: Readonly<Record<string, Fields>> = {
  AttributeProto: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "bytes"],
    g: [6, "GraphProto"],
    ints: [8, "int64", "repeated"],
    type: [20, "int32"],
  },
  Dimension: { dimValue: [1, "int64"], dimParam: [2, "string"] },
  GraphProto: {
    node: [1, "NodeProto", "repeated"],
    name: [2, "string"],
    initializer: [5, "TensorProto", "repeated"],
    input: [11, "ValueInfoProto", "repeated"],
    output: [12, "ValueInfoProto", "repeated"],
  },
  ModelProto: {
    irVersion: [1, "int64"],
    producerName: [2, "string"],
    graph: [7, "GraphProto"],
    opsetImport: [8, "OperatorSetIdProto", "repeated"],
    metadataProps: [14, "StringStringEntryProto", "repeated"],
  },
  NodeProto: {
    input: [1, "string", "repeated"],
    output: [2, "string", "repeated"],
    name: [3, "string"],
    opType: [4, "string"],
    attribute: [5, "AttributeProto", "repeated"],
    domain: [7, "string"],
  },
  OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
  StringStringEntryProto: { key: [1, "string"], value: [2, "string"] },
  TensorProto: {
    dims: [1, "int64", "repeated"],
    dataType: [2, "int32"],
    name: [8, "string"],
    rawData: [9, "bytes"],
  },
  TensorShapeProto: { dim: [1, "Dimension", "repeated"] },
  TensorTypeProto: { elemType: [1, "int32"], shape: [2, "TensorShapeProto"] },
  TypeProto: { tensorType: [1, "TensorTypeProto"] },
  ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"] },
};

const nested = Object.fromEntries(
  Object.entries(messages).map(([message, fields]) => [
    message,
    {
      edition: "proto2",
      fields: Object.fromEntries(
        Object.entries(fields).map(([name, [id, type, rule]]) => [name, { id, type, ...(rule && { rule }) }]),
      ),
    },
  ]),
);

/** A model file. */
export const modelProto = protobuf.Root.fromJSON({ nested }).lookupType("ModelProto");
