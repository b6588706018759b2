import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SPLIT_NAMES } from "../../../src/data/dataset.ts";
import { Feeder } from "../../../src/data/feeder.ts";
import { readIdx } from "../../../src/data/files-images.ts";
import { type IdxArray, parseIdx, pictureDataset } from "../../../src/data/images/idx.ts";
import type { Part } from "../../../src/data/source.ts";
import { testWithSharedData } from "../../shared-data.ts";

/** A file of some type of numbers, written by hand. */
const idx = (type: number, sizes: readonly number[], ...content: number[]): Uint8Array =>
  Uint8Array.of(0, 0, type, sizes.length, ...sizes.flatMap((size) => [0, 0, 0, size]), ...content);

describe("an IDX array", () => {
  // biome-ignore format: one case a line
  test.each<[string, Uint8Array, IdxArray]>([
    ["bytes", idx(8, [2, 2], 1, 2, 254, 255), { shape: [2, 2], values: Uint8Array.of(1, 2, 254, 255) }],
    ["signed bytes", idx(9, [2], 1, 255), { shape: [2], values: Int8Array.of(1, -1) }],
    ["whole numbers of 16 bits", idx(11, [2], 1, 0, 255, 254), { shape: [2], values: Int16Array.of(256, -2) }],
    ["whole numbers of 32 bits", idx(12, [1], 0, 1, 0, 0), { shape: [1], values: Int32Array.of(65536) }],
    ["floats", idx(13, [1], 0x3f, 0x80, 0, 0), { shape: [1], values: Float32Array.of(1) }],
    ["doubles", idx(14, [1], 0xc0, 0, 0, 0, 0, 0, 0, 0), { shape: [1], values: Float64Array.of(-2) }],
    ["of nothing", idx(8, [0, 28, 28]), { shape: [0, 28, 28], values: new Uint8Array() }],
  ])("of %s is read", (_, bytes, expected) => {
    expect(parseIdx(bytes, "a.idx")).toEqual(expected);
  });

  test.each([
    ["text", new TextEncoder().encode("label,text\n"), "it does not begin as one"],
    ["another type", idx(7, [1], 1), "it does not begin as one"],
    ["nothing", new Uint8Array(), "it does not begin as one"],
    ["a header cut short", Uint8Array.of(0, 0, 8, 3, 0, 0), "it ends within its header"],
    ["too little", idx(8, [3], 1, 2), "[3] takes 11 bytes, the file has 10"],
    ["too much", idx(11, [1], 1, 2, 3), "[1] takes 10 bytes, the file has 11"],
  ])("of %s is refused", (_, bytes, what) => {
    expect(() => parseIdx(bytes, "a.idx")).toThrow(`a.idx: no IDX array: ${what} (fetch the file again)`);
  });
});

describe("pictures", () => {
  const pictures = (count: number, ...shape: number[]): IdxArray => ({
    shape: [count, ...shape],
    values: Uint8Array.from({ length: count * shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
  });
  const labels = (...values: number[]): IdxArray => ({
    shape: [values.length],
    values: Uint8Array.from(values),
  });

  test("are frames of bytes with their labels, validation from the end of training", async () => {
    const train = { pictures: pictures(10, 2, 2), labels: labels(0, 1, 2, 0, 1, 2, 0, 1, 2, 0) };
    const data = pictureDataset(
      { train, test: { pictures: pictures(1, 2, 2), labels: labels(3) } },
      "digits",
    );
    const counts = await Promise.all(
      SPLIT_NAMES.map(async (split) => (await data.splits[split].index()).length),
    );
    expect(counts).toEqual([8, 2, 1]);
    expect(data.fields["label"]).toMatchObject({ levels: ["0", "1", "2", "3"] });
    const parts: Part[] = [];
    for await (const part of data.splits.train.open([{ i: 7, from: 0, to: 1 }])) parts.push(part);
    const [fed] = new Feeder(
      [
        { name: "x", field: "picture", what: "values", dtype: "float32", shape: ["T", "B", 2, 2] },
        { name: "y", field: "label", what: "level", dtype: "int64", shape: ["B"] },
      ],
      data.fields,
    ).feed(parts);
    expect(fed).toEqual({
      x: {
        dtype: "float32",
        shape: [1, 1, 2, 2],
        data: Float32Array.of(28 / 255, 29 / 255, 30 / 255, 31 / 255),
      },
      y: { dtype: "int64", shape: [1], data: BigInt64Array.of(1n) },
    });
  });

  test.each([
    [
      { train: { pictures: { shape: [1, 2], values: Float32Array.of(1, 2) } } },
      "digits, train: no IDX array: pictures are bytes",
    ],
    [
      { train: { pictures: pictures(3, 2, 2) }, test: { pictures: pictures(1, 3, 3) } },
      "digits, test: no IDX array: its pictures are [3, 3], others [2, 2]",
    ],
    [{ train: { pictures: pictures(3, 2), labels: labels(1, 2) } }, "there are 3 pictures and labels of [2]"],
  ])("that do not fit are refused", (given, message) => {
    expect(() => pictureDataset(given, "digits")).toThrow(message);
  });
});

testWithSharedData("MNIST: 10,000 digits with their labels", (folder) => {
  const pictures = readIdx(join(folder, "images/mnist/t10k-images-idx3-ubyte.gz"));
  const labels = readIdx(join(folder, "images/mnist/t10k-labels-idx1-ubyte.gz"));
  expect(pictures.shape).toEqual([10_000, 28, 28]);
  const counts = Array.from(
    { length: 10 },
    (_, digit) => labels.values.filter((label) => label === digit).length,
  );
  expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]); // as published
  expect(Object.keys(pictureDataset({ train: { pictures, labels } }, "mnist").fields)).toEqual([
    "picture",
    "label",
  ]);
});
