/**
 * The messages of onnx.proto (ONNX, IR version 10) that a lowered graph uses, and their encoding. Only the writer of
 * protobufjs is used, not its reflection: that would be a third of what a browser loads of this project.
 */
import protobuf from "protobufjs/minimal.js";

/** How a field is written: a scalar by its type, or a message by its name. */
type FieldType = "string" | "bytes" | "int32" | "int64" | "float" | MessageName;

/** A field of a message: its number, its type, and whether there may be many. */
interface Field {
  readonly id: number;
  readonly type: FieldType;
  readonly many?: true;
}

const one = (id: number, type: FieldType): Field => ({ id, type });
const many = (id: number, type: FieldType): Field => ({ id, type, many: true });

type MessageName =
  | "OperatorSetId"
  | "StringStringEntry"
  | "Dimension"
  | "TensorShape"
  | "TensorType"
  | "Type"
  | "ValueInfo"
  | "Tensor"
  | "Attribute"
  | "Node"
  | "Graph"
  | "Model";

const messages: Readonly<Record<MessageName, Readonly<Record<string, Field>>>> = {
  OperatorSetId: { domain: one(1, "string"), version: one(2, "int64") },
  StringStringEntry: { key: one(1, "string"), value: one(2, "string") },
  Dimension: { dimValue: one(1, "int64"), dimParam: one(2, "string") },
  TensorShape: { dim: many(1, "Dimension") },
  TensorType: { elemType: one(1, "int32"), shape: one(2, "TensorShape") },
  Type: { tensorType: one(1, "TensorType") },
  ValueInfo: { name: one(1, "string"), type: one(2, "Type") },
  Tensor: {
    dims: many(1, "int64"),
    dataType: one(2, "int32"),
    name: one(8, "string"),
    rawData: one(9, "bytes"),
  },
  Attribute: {
    name: one(1, "string"),
    f: one(2, "float"),
    i: one(3, "int64"),
    s: one(4, "bytes"),
    g: one(6, "Graph"),
    ints: many(8, "int64"),
    type: one(20, "int32"),
  },
  Node: {
    input: many(1, "string"),
    output: many(2, "string"),
    name: one(3, "string"),
    opType: one(4, "string"),
    attribute: many(5, "Attribute"),
    domain: one(7, "string"),
  },
  Graph: {
    node: many(1, "Node"),
    name: one(2, "string"),
    initializer: many(5, "Tensor"),
    input: many(11, "ValueInfo"),
    output: many(12, "ValueInfo"),
  },
  Model: {
    irVersion: one(1, "int64"),
    producerName: one(2, "string"),
    graph: one(7, "Graph"),
    opsetImport: many(8, "OperatorSetId"),
    metadataProps: many(14, "StringStringEntry"),
  },
};

export interface ValueInfo {
  readonly name: string;
  readonly type: {
    readonly tensorType: { readonly elemType: number; readonly shape: { readonly dim: readonly object[] } };
  };
}

export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly g?: object;
  readonly ints?: readonly number[];
}

export interface NodeProto {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly attribute: readonly AttributeProto[];
}

export interface TensorProto {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly rawData: Uint8Array;
}

export interface GraphProto {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfo[];
  readonly output: readonly ValueInfo[];
}

export interface ModelProto {
  readonly irVersion: number;
  readonly producerName: string;
  readonly graph: GraphProto;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
}

/** Wire types of protocol buffers: numbers of variable length, what has its length in front, and four bytes. */
const wire = { number: 0, delimited: 2, four: 5 } as const;

const isMessage = (type: FieldType): type is MessageName => type in messages;

function writeMessage(writer: protobuf.Writer, name: MessageName, message: object): protobuf.Writer {
  const values = message as Readonly<Record<string, unknown>>;
  for (const [key, field] of Object.entries(messages[name])) {
    const value = values[key];
    if (value === undefined) continue;
    for (const each of field.many ? (value as readonly unknown[]) : [value]) writeField(writer, field, each);
  }
  return writer;
}

function writeField(writer: protobuf.Writer, { id, type }: Field, value: unknown): void {
  const tag = (kind: number) => writer.uint32((id << 3) | kind);
  if (isMessage(type)) writeMessage(tag(wire.delimited).fork(), type, value as object).ldelim();
  else if (type === "string") tag(wire.delimited).string(value as string);
  else if (type === "bytes") tag(wire.delimited).bytes(value as Uint8Array);
  else if (type === "float") tag(wire.four).float(value as number);
  else tag(wire.number)[type](value as number);
}

/** The file format: protocol buffer bytes that ONNX Runtime, and any other tool, reads. */
export const encodeModel = (model: ModelProto): Uint8Array =>
  writeMessage(protobuf.Writer.create(), "Model", model).finish();
