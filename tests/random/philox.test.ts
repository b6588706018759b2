import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { philox, type Quad } from "../../src/random/philox.ts";

const hex = (words: Iterable<number>) =>
  Array.from(words, (word) => word.toString(16).padStart(8, "0")).join(" ");

function blocks(count: number, counter: Quad, key0: number, key1: number): Uint32Array {
  const out = new Uint32Array(4 * count);
  philox(out, counter, key0, key1);
  return out;
}

/** The paper's equations in whole numbers of any size. */
function oracle(counter: bigint, key0: bigint, key1: bigint): number[] {
  const mask = 0xffff_ffffn;
  let [x0, x1, x2, x3] = [0n, 32n, 64n, 96n].map((shift) => (counter >> shift) & mask) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  for (let round = 0n; round < 10n; round++) {
    const left = x0 * 0xd2511f53n;
    const right = x2 * 0xcd9e8d57n;
    const k0 = (key0 + round * 0x9e3779b9n) & mask;
    const k1 = (key1 + round * 0xbb67ae85n) & mask;
    [x0, x1, x2, x3] = [(right >> 32n) ^ x1 ^ k0, right & mask, (left >> 32n) ^ x3 ^ k1, left & mask];
  }
  return [x0, x1, x2, x3].map(Number);
}

describe("the known answers of Random123 for philox4x32-10", () => {
  const all = 0xffffffff;
  const cases: [string, Quad, number, number, string][] = [
    ["zeros", [0, 0, 0, 0], 0, 0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    ["ones", [all, all, all, all], all, all, "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [
      "digits of pi",
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      0xa4093822,
      0x299f31d0,
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ];
  test.each(cases)("%s", (_, counter, key0, key1, answer) => {
    expect(hex(blocks(2, counter, key0, key1).subarray(0, 4))).toBe(answer);
  });
});

const word = () => fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff));

test("agrees with the paper's equations for any counter and key", () => {
  fc.assert(
    fc.property(word(), word(), word(), word(), word(), word(), (c0, c1, c2, c3, k0, k1) => {
      const counter = BigInt(c0) + (BigInt(c1) << 32n) + (BigInt(c2) << 64n) + (BigInt(c3) << 96n);
      const first = Array.from(blocks(2, [c0, c1, c2, c3], k0, k1).subarray(0, 4));
      expect(first).toEqual(oracle(counter, BigInt(k0), BigInt(k1)));
    }),
    { numRuns: 500 },
  );
});

/** The word whose product with an odd multiplier ends in `low`. */
function wordWithLowProduct(multiplier: number, low: number): number {
  let inverse = 1;
  for (let step = 0; step < 5; step++) inverse = Math.imul(inverse, 2 - Math.imul(multiplier, inverse));
  return Math.imul(inverse, low) >>> 0;
}

test("is exact where the product of float64 may round into the next upper word", () => {
  for (let below = 1; below <= 2100; below++) {
    const c0 = wordWithLowProduct(0xd2511f53, -below);
    const c2 = wordWithLowProduct(0xcd9e8d57, -below);
    expect(Math.imul(c0, 0xd2511f53)).toBe(-below);
    const first = Array.from(blocks(2, [c0, 0, c2, 0], 0, 0).subarray(0, 4));
    expect(first).toEqual(oracle(BigInt(c0) + (BigInt(c2) << 64n), 0n, 0n));
  }
});

test.each([0, 0xfffffffc, 0xfffffffd])("counts on through 64 bits from block %d", (low) => {
  for (const high of [7, 0xffffffff]) {
    const words = blocks(6, [low, high, 3, 4], 5, 6);
    for (let block = 0; block < 6; block++) {
      const count = BigInt.asUintN(64, BigInt(low) + (BigInt(high) << 32n) + BigInt(block));
      expect(Array.from(words.subarray(4 * block, 4 * block + 4))).toEqual(
        oracle(count + (3n << 64n) + (4n << 96n), 5n, 6n),
      );
    }
  }
});
