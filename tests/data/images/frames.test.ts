/** Clips out of arrays, and back: against arrays laid out by hand. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import type { NumberArray } from "../../../src/data/arrays/dtype.ts";
import { parseNpy } from "../../../src/data/arrays/npy.ts";
import { bytesToNpy } from "../../../src/data/arrays/write-npy.ts";
import type { FramesField } from "../../../src/data/fields.ts";
import { isFrames, readFrames } from "../../../src/data/files-frames.ts";
import { framesDataset } from "../../../src/data/images/frames.ts";
import { framesPng } from "../../../src/data/images/strip.ts";
import { sequencesIn } from "../../../src/data/whole-sequences.ts";
import { scratchFolder } from "../../run/scratch.ts";
import { npyOf } from "../npy-bytes.ts";

const arrayOf = (shape: readonly number[], pixelAt: (i: number) => number): NumberArray => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((all, size) => all * size, 1) }, (_, i) => pixelAt(i)),
});
const clips = (frames: NumberArray, name = "clips") => ({ name, file: `${name}.npy`, frames });

describe("clips of an array", () => {
  test("are sequences of frames, row-major", async () => {
    const data = framesDataset([clips(arrayOf([10, 2, 2, 4], (i) => i % 2))], "clips.npy");
    expect(data.fields.x).toMatchObject({ shape: [2, 4], storage: "uint8", range: [0, 1] });
    expect(data.notes).toContain("pixels are black and white");
    const train = await sequencesIn(data.splits.train);
    expect(train.map(({ name, length }) => [name, length])).toEqual(
      [1, 2, 3, 4, 5, 6].map((i) => [`clips ${i}`, 2]),
    );
    expect(train[1]!.values["x"]).toEqual(Uint8Array.from({ length: 16 }, (_, i) => (16 + i) % 2));
  });

  test("in colours keep them last; a single clip needs no count", () => {
    expect(framesDataset([clips(arrayOf([4, 2, 8, 4, 3], (i) => i % 256))], "c").fields.x).toMatchObject({
      shape: [8, 4, 3],
      range: [0, 255],
    });
    expect(framesDataset([clips(arrayOf([9, 4, 4], (i) => i % 2))], "c").fields.x.shape).toEqual([4, 4]);
  });

  test("numbers from 0 to 1 are the nearest of 256 shades, and that is told", async () => {
    const data = framesDataset([clips(arrayOf([10, 1, 1, 4], (i) => [0, 0.001, 0.5, 1][i % 4]!))], "c");
    expect((await sequencesIn(data.splits.train, 1))[0]!.values["x"]).toEqual(Uint8Array.of(0, 0, 128, 255));
    expect(data.notes).toContain("pixels from 0 to 1 are taken as the nearest of 256 shades");
  });

  test.each<[string, NumberArray, string]>([
    ["below 0", arrayOf([4, 2, 1, 4], (i) => -i), "-1 is no pixel"],
    ["above 255", arrayOf([4, 2, 1, 4], (i) => 250 + i), "256 is no pixel"],
    ["missing", arrayOf([4, 2, 1, 4], () => Number.NaN), "NaN is no pixel"],
    ["between shades", arrayOf([4, 2, 1, 4], (i) => i + 0.5), "0.5 is no pixel"],
    ["no clips", arrayOf([4, 2], () => 0), "an array of [4, 2] holds no clips"],
    ["empty", arrayOf([0, 2, 4, 4], () => 0), "an array of [0, 2, 4, 4] holds no clips"],
  ])("%s is refused", (_, frames, message) => {
    expect(() => framesDataset([clips(frames)], "c")).toThrow(message);
  });

  test("what a trained model knows decides, and other frames are refused", () => {
    const own = framesDataset([clips(arrayOf([8, 2, 4, 4], (i) => i % 2))], "c").fields.x;
    const read = (frames: NumberArray) =>
      framesDataset([clips(frames)], "c", { field: own, split: [0, 0, 1] });
    expect(read(arrayOf([1, 2, 4, 4], () => 1)).fields.x).toEqual(own);
    expect(() => read(arrayOf([1, 2, 4, 4], (i) => i))).toThrow(/shades.*black and white/);
    expect(() => read(arrayOf([1, 2, 8, 4], () => 1))).toThrow("its frames are [8, 4], not [4, 4]");
    const shades = { ...own, range: [0, 255] as const };
    expect(framesDataset([clips(arrayOf([8, 2, 4, 4], () => 1))], "c", { field: shades }).fields.x).toEqual(
      shades,
    );
  });
});

describe("files", () => {
  const folder = scratchFolder();

  test("a folder is split by the names of its arrays", async () => {
    const at = join(folder, "bouncing");
    mkdirSync(at);
    for (const [split, count] of [
      ["train", 3],
      ["valid", 1],
      ["test", 2],
    ] as const)
      writeFileSync(join(at, `${split}.npy`), bytesToNpy(new Uint8Array(count * 32), [count, 2, 4, 4]));
    expect([isFrames(at), isFrames(folder)]).toEqual([true, true]);
    const { splits } = readFrames(at);
    const sizes = [splits.train, splits.valid, splits.test].map(
      async (source) => (await source.index()).length,
    );
    expect(await Promise.all(sizes)).toEqual([3, 1, 2]);
  });

  test("a folder is one of clips where these alone are read from it", () => {
    const isFramesOf = (name: string, files: readonly string[]) => {
      const at = join(folder, name);
      for (const file of files) {
        mkdirSync(dirname(join(at, file)), { recursive: true });
        writeFileSync(join(at, file), "");
      }
      return isFrames(at);
    };
    expect(isFramesOf("splits", ["train/a.npy", "notes.md", "test/b.npy.gz"])).toBe(true);
    expect(isFramesOf("stray", ["a.csv", "b.csv", "clip.npy"])).toBe(false);
    expect(isFramesOf("deep", ["a.csv", "cache/old/clip.npy"])).toBe(false);
    expect(isFramesOf("elsewhere", ["cache/clip.npy", ".hidden.npy"])).toBe(true);
    expect(isFramesOf("hidden", [".cache/clip.npy", ".hidden.npy"])).toBe(false);
  });

  test("arrays of three axes are clips where they hold bytes, and else sequences of a table", () => {
    const floats = join(folder, "sequences.npy");
    const bytes = join(folder, "clip.npy");
    writeFileSync(floats, npyOf(Array(5 * 8 * 4).fill(0), [5, 8, 4]));
    writeFileSync(bytes, bytesToNpy(new Uint8Array(5 * 8 * 4), [5, 8, 4]));
    expect([isFrames(floats), isFrames(bytes)]).toEqual([false, true]);
  });

  test("floating numbers that are 0 and 1 alone, and truths, are black and white among shades, and bytes are what they are", async () => {
    const at = join(folder, "shares");
    mkdirSync(at);
    const alike = (values: readonly number[]) => [...values, ...values];
    writeFileSync(join(at, "grey.npy"), npyOf(alike([0, 0.2, 1, 0.6]), [1, 2, 2, 2]));
    writeFileSync(join(at, "plain.npy"), npyOf(alike([0, 1, 1, 0]), [1, 2, 2, 2]));
    const { splits, fields } = readFrames(at, { split: [1, 0, 0] });
    const [grey, plain] = await sequencesIn(splits.train);
    expect(grey!.values["x"]).toEqual(Uint8Array.from(alike([0, 51, 255, 153])));
    expect(plain!.values["x"]).toEqual(Uint8Array.from(alike([0, 255, 255, 0])));
    const read = async (name: string) => {
      const own = readFrames(join(at, name), { field: fields["x"] as FramesField, split: [0, 0, 1] });
      return (await sequencesIn(own.splits.test))[0]!.values["x"];
    };
    expect(await read("plain.npy")).toEqual(plain!.values["x"]);
    writeFileSync(join(at, "bytes.npy"), bytesToNpy(Uint8Array.from(alike([0, 1, 1, 0])), [1, 2, 2, 2]));
    expect(await read("bytes.npy")).toEqual(Uint8Array.from(alike([0, 1, 1, 0])));
    const truths = Buffer.from(bytesToNpy(Uint8Array.from(alike([0, 1, 1, 0])), [1, 2, 2, 2]));
    truths.write("|b1", truths.indexOf("|u1"), "latin1");
    writeFileSync(join(at, "truths.npy"), truths);
    expect(await read("truths.npy")).toEqual(Uint8Array.from(alike([0, 255, 255, 0])));
  });

  test("an array of objects holds no clips", () => {
    const header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n";
    const bytes = Buffer.concat([
      Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length, 0]),
      Buffer.from(header),
      Buffer.from([0x80, 2, 0x5d, 0x4b, 7, 0x61, 0x2e]),
    ]);
    writeFileSync(join(folder, "objects.npy"), bytes);
    expect(() => readFrames(join(folder, "objects.npy"))).toThrow("an array of objects holds no clips");
  });
});

test.each([[[6]], [[2, 3]], [[1, 2, 3, 1]]])(
  "bytes of shape %j are read back as they were written",
  (shape) => {
    const values = Uint8Array.of(0, 1, 2, 253, 254, 255);
    const bytes = bytesToNpy(values, shape);
    expect((bytes.length - values.length) % 64).toBe(0);
    expect(parseNpy(bytes, "a.npy")).toEqual({ shape, values: Float64Array.from(values) });
  },
);

describe("a picture of frames", () => {
  test("has them side by side, a row under the other, magnified, with grey between and where there is none", () => {
    const [black, white] = [new Uint8Array(32 * 16), new Uint8Array(32 * 16).fill(1)];
    const { width, height, data, channels } = decode(framesPng([[black, white], [white]], [32, 16]));
    expect([width, height, channels]).toEqual([2 * (2 * 17 + 1), 2 * (2 * 33 + 1), 1]);
    const at = (row: number, column: number) => data[(2 + row * 66 + 30) * width + 2 + column * 34 + 15];
    expect([at(0, 0), at(0, 1), at(1, 0), at(1, 1)]).toEqual([0, 255, 255, 128]);
    expect([...data.subarray(0, width)].every((shade) => shade === 128)).toBe(true);
  });

  test("keeps colours", () => {
    const red = Float64Array.from({ length: 64 * 64 * 3 }, (_, i) => (i % 3 === 0 ? 1 : 0.2));
    const { width, data, channels } = decode(framesPng([[red]], [64, 64, 3]));
    expect([width, channels]).toEqual([66, 3]);
    expect([...data.subarray(3 * (width + 1), 3 * (width + 2))]).toEqual([255, 51, 51]);
  });
});
