/** Whether a file of ONNX keeps tensors in other files, of which its checksum says nothing. */

/** Messages of onnx.proto that lead to tensors, by the numbers of their fields. */
const ways: Readonly<Record<MessageName, Readonly<Record<number, MessageName>>>> = {
  Model: { 7: "Graph", 25: "Function" },
  Function: { 7: "Node" },
  Graph: { 1: "Node", 5: "Tensor", 15: "SparseTensor" },
  Node: { 5: "Attribute" },
  Attribute: {
    ...{ 5: "Tensor", 6: "Graph", 10: "Tensor", 11: "Graph" },
    ...{ 22: "SparseTensor", 23: "SparseTensor" },
  },
  SparseTensor: { 1: "Tensor", 2: "Tensor" },
  Tensor: {},
};

type MessageName = "Model" | "Function" | "Graph" | "Node" | "Attribute" | "SparseTensor" | "Tensor";

/** `data_location` of a tensor, and what it is where its values stand elsewhere. */
const [LOCATION, EXTERNAL] = [14, 1];

/** Protocol buffers are read no deeper by others either. */
const DEEPEST = 100;

/**
 * Whether any tensor of a model stands in another file. Bytes that are no model have none: who loads them, tells.
 *
 * @example
 * hasExternalData(readFileSync("resnet.onnx")); // false
 */
export const hasExternalData = (model: Uint8Array): boolean => isExternal(model, "Model", DEEPEST);

function isExternal(message: Uint8Array, name: MessageName, depth: number): boolean {
  const within = ways[name];
  for (const { id, value } of fieldsOf(message)) {
    const inner = within[id];
    if (name === "Tensor" && id === LOCATION && value === EXTERNAL) return true;
    if (inner === undefined || typeof value === "number" || depth === 0) continue;
    if (isExternal(value, inner, depth - 1)) return true;
  }
  return false;
}

/** A field of a message: a number, or the bytes of what stands there. */
interface Field {
  readonly id: number;
  readonly value: number | Uint8Array;
}

/** Wire types, and how many bytes those of fixed width have. */
const [NUMBER, EIGHT, DELIMITED, FOUR] = [0, 1, 2, 5];

/** The fields of a message, as far as it can be read. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < message.length; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return Number.NaN;
  };
  while (at < message.length) {
    const tag = varint();
    const [id, type] = [Math.floor(tag / 8), tag % 8];
    if (type === NUMBER) yield { id, value: varint() };
    else if (type === EIGHT) at += 8;
    else if (type === FOUR) at += 4;
    else if (type === DELIMITED) {
      const length = varint();
      if (!(at + length <= message.length)) return;
      yield { id, value: message.subarray(at, at + length) };
      at += length;
    } else return;
  }
}
