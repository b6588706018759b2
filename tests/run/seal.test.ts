import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeSafetensors } from "../../src/checkpoint/safetensors.ts";
import { VrnnError } from "../../src/errors.ts";
import { seal, unseal } from "../../src/run/seal.ts";
import { anyMetadata, anyTensors, bitsOf } from "../checkpoint/arbitrary.ts";

const tensors = {
  "gru.0.w": { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, 2, 3, Number.NaN) },
  step: { dtype: "I64", shape: [], data: BigInt64Array.of(7n) },
} as const;
const metadata = { cursor: '{"epoch":3}', step: "7" };
const sample = seal(tensors, metadata);

/** Refused with a `VrnnError`, or read as what was written: anything else is a fault. */
function expectRefusedOrEqual(bytes: Uint8Array): void {
  let file: ReturnType<typeof unseal>;
  try {
    file = unseal(bytes, "state.safetensors");
  } catch (error) {
    expect(error).toBeInstanceOf(VrnnError);
    expect((error as VrnnError).message).toMatch(/^state\.safetensors: .{10,400}$/);
    return;
  }
  expect(bitsOf(file.tensors)).toEqual(bitsOf(tensors));
  expect(file.metadata).toEqual(metadata);
}

test("what was sealed is read back, without the seal", () => {
  fc.assert(
    fc.property(anyTensors, anyMetadata, (some, notes) => {
      const file = unseal(seal(some, notes), "w.safetensors");
      expect(bitsOf(file.tensors)).toEqual(bitsOf(some));
      expect(Object.entries(file.metadata).sort()).toEqual(Object.entries(notes).sort());
    }),
    { seed: 1 },
  );
});

test("a file cut at any byte is refused", () => {
  for (let length = 0; length < sample.length; length++) {
    expect(() => unseal(sample.subarray(0, length), "w"), `${length} bytes`).toThrow(VrnnError);
  }
});

test("a file with any one bit flipped is refused, or the flip changed nothing", () => {
  for (let bit = 0; bit < 8 * sample.length; bit++) {
    const bytes = sample.slice();
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    expectRefusedOrEqual(bytes);
  }
});

test("a flipped bit of the data is always refused, by the checksum", () => {
  const dataStart = sample.length - 24;
  for (let bit = 8 * dataStart; bit < 8 * sample.length; bit++) {
    const bytes = sample.slice();
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => unseal(bytes, "w")).toThrow(expect.objectContaining({ code: "checkpoint/checksum" }));
  }
});

test("a file with bytes changed, put in or left out is refused, or read as what was written", () => {
  const splice = fc.tuple(fc.nat(sample.length), fc.nat(8), fc.uint8Array({ maxLength: 8 }));
  fc.assert(
    fc.property(fc.array(splice, { minLength: 1, maxLength: 3 }), (splices) => {
      const bytes = Array.from(sample);
      for (const [at, removed, added] of splices) bytes.splice(at, removed, ...added);
      expectRefusedOrEqual(Uint8Array.from(bytes));
    }),
    { numRuns: 5000 },
  );
});

test("a file without a checksum is refused", () => {
  const error = expect.objectContaining({
    code: "checkpoint/checksum",
    message: expect.stringContaining("no checksum"),
  });
  expect(() => unseal(encodeSafetensors(tensors, metadata), "w")).toThrow(error);
});
