import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsFile,
  type StoredTensors,
} from "../../src/checkpoint/safetensors.ts";
import { VrnnError } from "../../src/errors.ts";
import { anyMetadata, anyTensors, bitsOf } from "./arbitrary.ts";

const f32 = (shape: number[], ...values: number[]) => ({
  dtype: "F32" as const,
  shape,
  data: Float32Array.from(values),
});

/** A file with any header, sound or not, and `size` bytes of data. */
function fileOf(header: unknown, size = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + size);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  return bytes;
}

function headerOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(8, 8 + new DataView(bytes.buffer).getUint32(0, true)));
}

/** The file's content, or the error that refused it; any other error is a fault of the reader. */
function attempt(bytes: Uint8Array): SafetensorsFile | VrnnError {
  try {
    return decodeSafetensors(bytes, "w.safetensors");
  } catch (error) {
    if (error instanceof VrnnError) return error;
    throw error;
  }
}

function dataBytes(tensors: StoredTensors): number {
  return Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
}

describe("the bytes of the published format", () => {
  test("length, header and data of one tensor", () => {
    const bytes = encodeSafetensors({ "attn.0": f32([1, 2, 3], 0, 1, 2, 3, 4, 5) });
    expect(headerOf(bytes)).toBe('{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}');
    expect(Array.from(bytes.subarray(0, 8))).toEqual([64, 0, 0, 0, 0, 0, 0, 0]);
    expect(Array.from(bytes.subarray(72, 80))).toEqual([0, 0, 0, 0, 0, 0, 0x80, 0x3f]);
    expect(bytes.length).toBe(8 + 64 + 24);
  });

  test("spaces align the data to 8 bytes", () => {
    expect(headerOf(encodeSafetensors({}))).toBe("{}      ");
    expect(headerOf(encodeSafetensors({}, { framework: "pt" }))).toBe(
      '{"__metadata__":{"framework":"pt"}}     ',
    );
  });

  test("the widest type lies first, then tensors by name, so that each is aligned", () => {
    const bytes = encodeSafetensors({
      b: f32([1], 1),
      a: f32([], 2),
      z: { dtype: "F64", shape: [1], data: new Float64Array(1) },
      step: { dtype: "I64", shape: [1], data: new BigInt64Array(1) },
    });
    const header = JSON.parse(headerOf(bytes)) as Record<string, { data_offsets: number[] }>;
    expect(Object.entries(header).map(([name, { data_offsets }]) => [name, ...data_offsets])).toEqual([
      ["step", 0, 8],
      ["z", 8, 16],
      ["a", 16, 20],
      ["b", 20, 24],
    ]);
  });
});

test("what was written is read back, bit for bit", () => {
  fc.assert(
    fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
      const file = decodeSafetensors(encodeSafetensors(tensors, metadata), "w.safetensors");
      expect(bitsOf(file.tensors)).toEqual(bitsOf(tensors));
      expect(Object.entries(file.metadata).sort()).toEqual(Object.entries(metadata).sort());
    }),
    { numRuns: 300 },
  );
});

test("the order of keys does not change the bytes", () => {
  const reversed = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).reverse());
  fc.assert(
    fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
      expect(encodeSafetensors(reversed(tensors), reversed(metadata))).toEqual(
        encodeSafetensors(tensors, metadata),
      );
    }),
    { seed: 1 },
  );
});

test("a view into a larger buffer is written and read as itself alone", () => {
  const data = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
  const bytes = encodeSafetensors({ w: { dtype: "F32", shape: [2], data } });
  const padded = Buffer.concat([new Uint8Array(3), bytes, new Uint8Array(3)]).subarray(3, 3 + bytes.length);
  const { tensors } = decodeSafetensors(padded, "w.safetensors");
  padded.fill(0);
  expect(tensors.w!.data).toEqual(Float32Array.of(1, 2));
  expect(tensors.w!.data.buffer.byteLength).toBe(8);
});

test.each([
  ["a shape that does not fit", { w: f32([3], 1, 2) }],
  ["a negative size", { w: f32([-1, -2], 1, 2) }],
  ["a fraction of a size", { w: f32([0.5, 4], 1, 2) }],
  ["a reserved name", { __metadata__: f32([1], 1) }],
])("does not write %s", (_, tensors) => {
  expect(() => encodeSafetensors(tensors)).toThrow(expect.objectContaining({ code: "checkpoint/tensor" }));
});

const info = (shape: unknown, begin: unknown, end: unknown) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

const hostile: [string, Uint8Array, string, string][] = [
  ["an empty file", new Uint8Array(0), "truncated", "this one has 0 bytes"],
  ["seven bytes", new Uint8Array(7), "truncated", "this one has 7 bytes"],
  [
    "a header that claims 2^60 bytes",
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x10, 0x7b, 0x7d),
    "truncated",
    "the header claims 1152921504606846976 bytes, the file has 2 after the length",
  ],
  [
    "a header that claims 2^64 - 1 bytes",
    new Uint8Array(16).fill(255),
    "truncated",
    "claims 18446744073709551615 bytes",
  ],
  ["an empty header", fileOf(""), "header", "no JSON object"],
  ["a list for a header", fileOf("[]"), "header", "no JSON object"],
  ["a header that is no JSON", fileOf("{a:1}"), "header", "not valid JSON"],
  ["a header with text after it", fileOf("{} {}"), "header", "not valid JSON"],
  ["a header that is not UTF-8", fileOf({}, 0).with(9, 0xff), "header", "not UTF-8"],
  ["a header nested deeply", fileOf(`{"a":${"[".repeat(100_000)}`), "header", "nested deeper than 3"],
  [
    "one name twice",
    fileOf(
      '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
    ),
    "header",
    'the key "a" stands twice',
  ],
  ["a number for a tensor", fileOf({ a: 1 }), "tensor", "must have dtype, shape and data_offsets"],
  ["null for a tensor", fileOf({ a: null }), "tensor", "must have dtype, shape and data_offsets"],
  ["a tensor with a further key", fileOf({ a: { ...info([0], 0, 0), b: 1 } }), "tensor", "nothing else"],
  ["a tensor without a shape", fileOf({ a: { dtype: "F32", data_offsets: [0, 0] } }), "tensor", "must have"],
  ["a type of another sort", fileOf({ a: { ...info([0], 0, 0), dtype: 3 } }), "tensor", "dtype must be text"],
  [
    "a type that is not read",
    fileOf({ a: { ...info([2], 0, 4), dtype: "F16" } }, 4),
    "tensor",
    '"F16" is not read here (convert it to one of I64, F64, F32)',
  ],
  [
    "a type named like a method",
    fileOf({ a: { ...info([0], 0, 0), dtype: "constructor" } }),
    "tensor",
    "is not read here",
  ],
  ["a negative size", fileOf({ a: info([-1], 0, 0) }), "tensor", "at most 32 whole numbers"],
  ["a fraction of a size", fileOf({ a: info([0.5, 2], 0, 4) }, 4), "tensor", "at most 32 whole numbers"],
  [
    "a size of 1e300",
    fileOf('{"a":{"dtype":"F32","shape":[1e300],"data_offsets":[0,0]}}'),
    "tensor",
    "at most 32 whole numbers",
  ],
  ["text for a size", fileOf({ a: info(["1"], 0, 4) }, 4), "tensor", "at most 32 whole numbers"],
  ["text for a shape", fileOf({ a: info("", 0, 4) }, 4), "tensor", "at most 32 whole numbers"],
  [
    "a shape of rank 1000",
    fileOf({ a: info(Array(1000).fill(1), 0, 4) }, 4),
    "tensor",
    "at most 32 whole numbers",
  ],
  [
    "a shape whose size overflows to nothing",
    fileOf({ a: info([2 ** 40, 2 ** 40, 2 ** 40], 0, 0) }),
    "tensor",
    "its data_offsets span 0",
  ],
  [
    "a tensor of 2^42 bytes",
    fileOf({ a: info([2 ** 40], 0, 2 ** 42) }),
    "truncated",
    "the tensors take 4398046511104 bytes, the file has 0",
  ],
  ["offsets backwards", fileOf({ a: info([1], 4, 0) }, 4), "tensor", "its data_offsets span -4"],
  [
    "offsets of three numbers",
    fileOf({ a: { ...info([1], 0, 4), data_offsets: [0, 4, 8] } }, 4),
    "tensor",
    "two whole numbers",
  ],
  [
    "a shape that does not fit its offsets",
    fileOf({ a: info([2], 0, 4) }, 4),
    "tensor",
    "takes 8 bytes, its data_offsets span 4",
  ],
  ["a hole at the start", fileOf({ a: info([1], 4, 8) }, 8), "layout", "leaves a hole"],
  ["a hole between", fileOf({ a: info([1], 0, 4), b: info([1], 8, 12) }, 12), "layout", "leaves a hole"],
  ["an overlap", fileOf({ a: info([2], 0, 8), b: info([1], 4, 8) }, 8), "layout", "overlaps"],
  [
    "an empty tensor inside another",
    fileOf({ a: info([2], 0, 8), b: info([0], 4, 4) }, 8),
    "layout",
    "overlaps",
  ],
  [
    "bytes after the last tensor",
    fileOf({ a: info([1], 0, 4) }, 5),
    "layout",
    "the tensors take 4 bytes, the file has 5",
  ],
  ["data without tensors", fileOf({}, 1), "layout", "the tensors take 0 bytes, the file has 1"],
  ["metadata that are a list", fileOf({ __metadata__: [] }), "header", "must map text to text"],
  ["metadata that hold a number", fileOf({ __metadata__: { a: 1 } }), "header", "must map text to text"],
];

test.each(hostile)("refuses %s with one line", (_, bytes, code, message) => {
  const error = attempt(bytes);
  expect(error).toMatchObject({ code: `checkpoint/${code}`, message: expect.stringContaining(message) });
  expect((error as VrnnError).message).toMatch(/^w\.safetensors: .{20,300}$/);
});

test("a hostile name is quoted in the message, cut short, on one line", () => {
  const error = attempt(fileOf({ [`a\n${"b".repeat(500)}`]: 1 })) as VrnnError;
  expect(error.message).toContain('tensor "a\\nbbb');
  expect(error.message).toMatch(/^.{20,300}$/);
});

const sample = encodeSafetensors(
  { "gru.0.w": f32([2, 2], 1, 2, 3, 4), step: { dtype: "I64", shape: [], data: BigInt64Array.of(7n) } },
  { note: "é" },
);

test("a file cut at any byte is refused", () => {
  for (let length = 0; length < sample.length; length++) {
    expect(attempt(sample.subarray(0, length)), `${length} bytes`).toBeInstanceOf(VrnnError);
  }
});

test("whatever bytes are changed, the file is refused or its tensors are just the file's data", () => {
  const edit = fc.tuple(fc.nat(sample.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const bytes = sample.slice();
      for (const [at, value] of edits) bytes[at] = value;
      const result = attempt(bytes);
      if (result instanceof VrnnError) return;
      expect(dataBytes(result.tensors)).toBe(bytes.length - 8 - Buffer.from(bytes).readUInt32LE(0));
    }),
    { numRuns: 20_000 },
  );
});

test("whatever stands in the header, the file is refused or its tensors are just the file's data", () => {
  const number = fc.oneof(fc.nat(16), fc.constantFrom(-1, 0.5, 2 ** 31, 2 ** 53, 1e300));
  const entry = fc.record({
    dtype: fc.constantFrom("F32", "F64", "I64", "F16", null),
    shape: fc.array(number, { maxLength: 3 }),
    data_offsets: fc.array(number, { minLength: 2, maxLength: 2 }),
  });
  const header = fc.dictionary(
    fc.constantFrom("a", "b", "__metadata__", "__proto__"),
    fc.oneof(entry, fc.jsonValue()),
  );
  fc.assert(
    fc.property(header, fc.nat(16), (json, size) => {
      const result = attempt(fileOf(json, size));
      if (!(result instanceof VrnnError)) expect(dataBytes(result.tensors)).toBe(size);
    }),
    { numRuns: 5000 },
  );
});
