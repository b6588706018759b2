/** The messages of onnx.proto (ONNX, IR version 10) that a lowered graph uses, and their encoding. */
import { BackwardWriter } from "./wire.ts";

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

const isMessage = (type: FieldType): type is MessageName => type in messages;

/** The fields of a message, the last first; those of undefined values are left out. */
function writeMessage(writer: BackwardWriter, name: MessageName, message: object): void {
  const values = message as Readonly<Record<string, unknown>>;
  for (const [key, field] of Object.entries(messages[name]).reverse()) {
    const value = values[key];
    if (value === undefined) continue;
    const all = field.many ? (value as readonly unknown[]) : [value];
    for (let i = all.length - 1; i >= 0; i--) writeField(writer, field, all[i]);
  }
}

function writeField(writer: BackwardWriter, { id, type }: Field, value: unknown): void {
  if (isMessage(type)) writer.message(() => writeMessage(writer, type, value as object));
  else if (type === "string") writer.text(value as string);
  else if (type === "bytes") writer.bytes(value as Uint8Array);
  else if (type === "float") writer.float(value as number);
  else writer.varint(value as number);
  writer.tag(id, type === "float" ? "four" : type.startsWith("int") ? "number" : "delimited");
}

/** The file format: protocol buffer bytes that ONNX Runtime, and any other tool, reads. */
export function encodeModel(model: ModelProto): Uint8Array {
  const writer = new BackwardWriter();
  writeMessage(writer, "Model", model);
  return writer.finish();
}
