import { VrnnError } from "../errors.ts";
import { parseStrictJson, quoteName } from "./strict-json.ts";

/** One tensor of a file: its data are row-major and hold as many elements as the product of the shape (1 for `[]`). */
export type StoredTensor =
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "F64"; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: "I64"; readonly shape: readonly number[]; readonly data: BigInt64Array };

export type StoredTensors = Readonly<Record<string, StoredTensor>>;

export interface SafetensorsFile {
  readonly tensors: StoredTensors;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The widest type first: so every tensor lies aligned without padding between tensors, which the format forbids. */
const DTYPES = {
  I64: { size: 8, wrap: (buffer: ArrayBuffer) => new BigInt64Array(buffer) },
  F64: { size: 8, wrap: (buffer: ArrayBuffer) => new Float64Array(buffer) },
  F32: { size: 4, wrap: (buffer: ArrayBuffer) => new Float32Array(buffer) },
} as const;

type Dtype = keyof typeof DTYPES;
const DTYPE_ORDER = Object.keys(DTYPES);

const LENGTH_BYTES = 8;
const ALIGNMENT = 8;
const MAX_HEADER_BYTES = 100_000_000; // the limit of the reference implementation
const MAX_RANK = 32;
const MAX_JSON_DEPTH = 3; // the header, a tensor's entry, its shape
const METADATA = "__metadata__";
const DAMAGED = "the file is damaged or no safetensors file: use another copy";

/**
 * Writes tensors in the safetensors format. The same content gives the same bytes, whatever the order of its keys:
 * tensors lie by width of their type, then by name; metadata lie by key.
 *
 * Source: https://github.com/huggingface/safetensors#format
 *
 * @throws VrnnError `checkpoint/tensor` when a shape does not fit its data or a name is reserved.
 *
 * @example
 * encodeSafetensors({ w: { dtype: "F32", shape: [2], data: new Float32Array([1, 2]) } }).length // 72
 */
export function encodeSafetensors(
  tensors: StoredTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Object.entries(tensors).sort(inFileOrder);
  for (const [name, tensor] of entries) checkTensor(name, tensor);
  const header = encodeHeader(entries, metadata);
  const size = entries.reduce((sum, [, tensor]) => sum + tensor.data.byteLength, 0);
  const bytes = new Uint8Array(LENGTH_BYTES + header.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, LENGTH_BYTES);
  let at = LENGTH_BYTES + header.length;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file that anybody may have written. Every length, offset and shape is checked against the size of
 * the file before memory is taken for it; the tensors together take no more than the file. Data are copied, so that
 * `bytes` may be reused.
 *
 * @param at the file's name, for messages.
 * @throws VrnnError `checkpoint/truncated`, `checkpoint/header`, `checkpoint/tensor` or `checkpoint/layout`, one line each.
 *
 * @example
 * decodeSafetensors(bytes, "weights.safetensors").tensors["gru.weight"]?.shape // [96, 32]
 */
export function decodeSafetensors(bytes: Uint8Array, at: string): SafetensorsFile {
  const headerLength = readHeaderLength(bytes, at);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength), at);
  const { [METADATA]: metadata, ...infos } = header;
  const entries = Object.entries(infos).map(([name, info]) => readEntry(name, info, at));
  const data = bytes.subarray(LENGTH_BYTES + headerLength);
  checkLayout(entries, data.length, at);
  const tensors = entries.map((entry) => [entry.name, readTensor(entry, data)] as const);
  return { tensors: Object.fromEntries(tensors), metadata: readMetadata(metadata, at) };
}

type Named = readonly [name: string, tensor: StoredTensor];

function inFileOrder([nameA, a]: Named, [nameB, b]: Named): number {
  const byWidth = DTYPE_ORDER.indexOf(a.dtype) - DTYPE_ORDER.indexOf(b.dtype);
  return byWidth !== 0 ? byWidth : compareText(nameA, nameB);
}

/** By code unit: the order must not depend on the reader's language. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkTensor(name: string, { shape, data }: StoredTensor): void {
  const fits = shape.every(isSize) && elementCount(shape) === data.length && shape.length <= MAX_RANK;
  if (name !== METADATA && fits) return;
  throw new VrnnError(
    "checkpoint/tensor",
    name === METADATA
      ? `a tensor cannot be named ${METADATA}`
      : `tensor ${quoteName(name)} has shape [${shape.join(", ")}] but ${data.length} elements`,
  );
}

function encodeHeader(entries: readonly Named[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const fields: string[] = [];
  const notes = Object.entries(metadata).sort(([a], [b]) => compareText(a, b));
  if (notes.length > 0)
    fields.push(
      field(METADATA, `{${notes.map(([key, text]) => field(key, JSON.stringify(text))).join(",")}}`),
    );
  let begin = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    const end = begin + data.byteLength;
    fields.push(field(name, JSON.stringify({ dtype, shape, data_offsets: [begin, end] })));
    begin = end;
  }
  const json = new TextEncoder().encode(`{${fields.join(",")}}`);
  const padded = new Uint8Array(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT).fill(0x20);
  padded.set(json);
  return padded;
}

function field(key: string, json: string): string {
  return `${JSON.stringify(key)}:${json}`;
}

function readHeaderLength(bytes: Uint8Array, at: string): number {
  if (bytes.length < LENGTH_BYTES) {
    throw broken(
      "truncated",
      `a safetensors file begins with ${LENGTH_BYTES} bytes of length, this one has ${bytes.length} bytes`,
      at,
    );
  }
  const claimed = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  const available = bytes.length - LENGTH_BYTES;
  if (claimed > BigInt(available)) {
    throw broken(
      "truncated",
      `the header claims ${claimed} bytes, the file has ${available} after the length`,
      at,
    );
  }
  if (claimed > MAX_HEADER_BYTES) {
    throw broken("header", `the header claims ${claimed} bytes, the limit is ${MAX_HEADER_BYTES}`, at);
  }
  return Number(claimed);
}

function parseHeader(bytes: Uint8Array, at: string): Record<string, unknown> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.startsWith("{")) throw new SyntaxError("no JSON object");
    return parseStrictJson(text, MAX_JSON_DEPTH) as Record<string, unknown>;
  } catch (cause) {
    throw broken("header", `the header is ${cause instanceof SyntaxError ? cause.message : "not UTF-8"}`, at);
  }
}

function readMetadata(value: unknown, at: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === "string")) {
    throw broken("header", `${METADATA} must map text to text`, at);
  }
  return value as Record<string, string>;
}

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, info: unknown, at: string): Entry {
  const bad = (what: string, remedy?: string) =>
    broken("tensor", `tensor ${quoteName(name)}: ${what}`, at, remedy);
  if (!isRecord(info) || Object.keys(info).sort().join() !== "data_offsets,dtype,shape") {
    throw bad("its entry must have dtype, shape and data_offsets, nothing else");
  }
  const { dtype, shape, data_offsets: offsets } = info;
  if (typeof dtype !== "string") throw bad("its dtype must be text");
  if (!isDtype(dtype))
    throw bad(
      `its dtype ${quoteName(dtype)} is not read here`,
      `convert it to one of ${DTYPE_ORDER.join(", ")}`,
    );
  if (!isSizes(shape) || shape.length > MAX_RANK) {
    throw bad(`its shape must be at most ${MAX_RANK} whole numbers`);
  }
  if (!isSizes(offsets) || offsets.length !== 2) throw bad("its data_offsets must be two whole numbers");
  const [begin, end] = offsets as [number, number];
  const size = elementCount(shape) * DTYPES[dtype].size;
  if (end - begin !== size) {
    throw bad(
      `its shape [${shape.join(", ")}] of ${dtype} takes ${size} bytes, its data_offsets span ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** The data must be covered from first byte to last, without overlap or hole. */
function checkLayout(entries: readonly Entry[], size: number, at: string): void {
  let covered = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      const fault = begin < covered ? "overlaps the tensor before it" : "leaves a hole before it";
      throw broken(
        "layout",
        `tensor ${quoteName(name)} begins at byte ${begin} of the data and ${fault}, which ends at ${covered}`,
        at,
      );
    }
    covered = end;
  }
  if (covered === size) return;
  throw broken(
    covered > size ? "truncated" : "layout",
    `the tensors take ${covered} bytes, the file has ${size} bytes of data`,
    at,
  );
}

function readTensor({ dtype, shape, begin, end }: Entry, bytes: Uint8Array): StoredTensor {
  const data = DTYPES[dtype].wrap(new Uint8Array(bytes.subarray(begin, end)).buffer);
  return { dtype, shape, data } as StoredTensor;
}

function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDtype(name: string): name is Dtype {
  return Object.hasOwn(DTYPES, name);
}

function broken(code: string, what: string, at: string, remedy = DAMAGED): VrnnError {
  return new VrnnError(`checkpoint/${code}`, what, { at, remedy });
}
