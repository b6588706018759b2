/** Files of features laid out by hand, and those of AN4. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMfc } from "../../../src/data/audio/mfc.ts";
import { VrnnError } from "../../../src/errors.ts";
import { testWithSharedData } from "../../shared-data.ts";
import { an4 } from "./recordings.ts";

const read = (bytes: Uint8Array, width?: number) => parseMfc(bytes, "a.mfc", width);

function sphinx(values: readonly number[], isLittle = false, count = values.length): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + 4 * values.length));
  view.setInt32(0, count, isLittle);
  for (const [i, value] of values.entries()) view.setFloat32(4 + 4 * i, value, isLittle);
  return new Uint8Array(view.buffer);
}

interface Htk {
  readonly width: number;
  readonly kind: number;
  readonly isLittle?: boolean;
  readonly tail?: number;
  readonly size?: number;
}

function htk(
  values: readonly number[],
  { width, kind, isLittle = false, tail = 0, size = 4 * width }: Htk,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(12 + 4 * values.length + tail));
  view.setInt32(0, (4 * values.length) / size, isLittle);
  view.setInt32(4, 100_000, isLittle);
  view.setInt16(8, size, isLittle);
  view.setUint16(10, kind, isLittle);
  for (const [i, value] of values.entries()) view.setFloat32(12 + 4 * i, value, isLittle);
  return new Uint8Array(view.buffer);
}

describe("of Sphinx", () => {
  test.each([false, true])("numbers in rows, little-endian: %s", (isLittle) => {
    const { frames, format, byteOrder, period } = read(sphinx([1, 2, 3, 4], isLittle), 2);
    expect(frames).toEqual({ width: 2, length: 2, values: Float32Array.of(1, 2, 3, 4) });
    expect([format, byteOrder]).toEqual(["Sphinx", isLittle ? "little-endian" : "big-endian"]);
    expect(period).toBeUndefined();
  });

  test("rows are of 13 numbers unless told", () => {
    expect(read(sphinx(Array.from({ length: 26 }, (_, i) => i))).frames.length).toBe(2);
    expect(() => read(sphinx([1, 2]))).toThrow(
      "2 numbers are no rows of 13 (tell how many numbers a row has)",
    );
    expect(read(sphinx([])).notes).toEqual(["a.mfc: it has no row"]);
    expect(read(sphinx([0, 0]), 2).notes).toEqual(["a.mfc: all of its numbers are 0"]);
  });
});

describe("of HTK", () => {
  test.each([
    [6, "MFCC"],
    [6 + 0o100 + 0o400 + 0o1000, "MFCC_E_D_A"],
    [6 + 0o20000 + 0o4000, "MFCC_Z_0"],
    [7, "FBANK"],
    [9 + 0o200, "USER_N"],
  ])("kind %i is %s", (code, name) => {
    for (const isLittle of [false, true])
      expect(read(htk([1, 2, 3, 4], { width: 2, kind: code, isLittle }))).toEqual({
        frames: { width: 2, length: 2, values: Float32Array.of(1, 2, 3, 4) },
        format: "HTK",
        byteOrder: isLittle ? "little-endian" : "big-endian",
        kind: name,
        period: 0.01,
        notes: [],
      });
  });

  test("a checksum behind the rows is passed over", () => {
    expect(read(htk([1, 2], { width: 2, kind: 6 + 0o10000, tail: 2 })).kind).toBe("MFCC_K");
  });

  test.each([
    [6 + 0o2000, 4, "its MFCC_C are compressed (_C) (write them without"],
    [0, 2, "its WAVEFORM are no floats"],
    [10, 4, "its DISCRETE are no floats"],
    [6, 2, "its MFCC are no floats"],
  ])("kind %i of %i bytes is refused by name", (kind, size, message) => {
    expect(() => read(htk([1, 2, 3, 4], { width: 2, kind, size }))).toThrow(message);
  });
});

describe("what does not fit", () => {
  test.each([
    ["nothing", Uint8Array.of(), "it has 0 bytes"],
    [
      "a cut file",
      sphinx([1, 2, 3]).subarray(0, 14),
      "it has 14 bytes, its head tells of 16 as Sphinx has it",
    ],
    ["a claim of 8 GB", sphinx([1], false, 0x7fff_ffff), "it has 8 bytes"],
    ["a count below 0", sphinx([1], false, -1), "it has 8 bytes"],
    ["an unknown kind", htk([1, 2], { width: 2, kind: 13 }), "it has 20 bytes"],
  ])("%s is refused", (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
    expect(() => read(bytes)).toThrow(VrnnError);
  });

  test("NaN has a place", () => {
    expect(() => read(sphinx([1, 2, 3, Number.NaN]), 2)).toThrow("a.mfc: number 2 of row 2 is NaN");
    expect(() => read(htk([1, Number.POSITIVE_INFINITY], { width: 1, kind: 6 }))).toThrow(
      "number 1 of row 2 is Infinity",
    );
  });

  test("any bytes are read or refused", () => {
    const heads = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.array(fc.float(), { maxLength: 6 }), fc.nat(30))
        .map(([values, cut]) => sphinx(values).subarray(0, cut)),
      fc
        .tuple(fc.array(fc.float(), { maxLength: 6 }), fc.nat(40), fc.nat(0xffff))
        .map(([values, cut, kind]) => htk(values, { width: 1, kind }).subarray(0, cut)),
    );
    fc.assert(
      fc.property(heads, fc.integer({ min: -1, max: 3 }), (bytes, width) => {
        try {
          read(bytes, width);
        } catch (error) {
          expect(error).toBeInstanceOf(VrnnError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

testWithSharedData("AN4 has 13 cepstra a row, of which all files are read", (folder) => {
  const files = [...an4(folder)].filter(([name]) => name.endsWith(".mfc"));
  expect(files.length).toBeGreaterThan(1000);
  for (const [name, bytes] of files) {
    const { frames, format, byteOrder, notes } = parseMfc(bytes, name);
    expect([format, byteOrder, frames.width, notes]).toEqual(["Sphinx", "big-endian", 13, []]);
    expect(frames.length).toBeGreaterThan(20);
  }
});
