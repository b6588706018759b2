/** Encoders of pictures that somebody brings: what they tell, and what is refused. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import type { FramesField } from "../../../src/data/fields.ts";
import { encodedAgain, readCaptions } from "../../../src/data/files-captions.ts";
import { PictureEncoder } from "../../../src/data/files-picture-encoder.ts";
import { knownEncoder } from "../../../src/data/images/encoder-knowledge.ts";
import { encodedOf, portsOf } from "../../../src/data/images/encoder-ports.ts";
import { sequencesIn } from "../../../src/data/whole-sequences.ts";
import * as g from "../../../src/graph/index.ts";
import { Conv2d } from "../../../src/nn/convolution.ts";
import { plainNet } from "../../../src/nn/net.ts";
import { lower } from "../../../src/onnx/lower.ts";
import { scratchFolder } from "../../run/scratch.ts";

const root = scratchFolder();
const put = (name: string, content: Uint8Array | string): string => {
  writeFileSync(join(root, name), content);
  return join(root, name);
};

const [SIDE, KERNEL, MAPS] = [8, 4, 2];
/** `[MAPS, 3, KERNEL, KERNEL]` and `[MAPS]` */
const weight = Array.from({ length: MAPS * 3 * KERNEL * KERNEL }, (_, i) => Math.sin(i + 1) / 4);
const bias = [0.5, -0.25];

/** A convolution that strides as far as its kernel reaches: 2 × 2 places. @param batch how many pictures it reads at once */
function convolving(name: string, batch: number | string): string {
  const layer = new Conv2d("c", 3, MAPS, { kernel: KERNEL, stride: KERNEL });
  const net = plainNet((which) =>
    which === "c.weight" ? g.constant(weight, [MAPS, 3, KERNEL, KERNEL]) : g.constant(bias, [MAPS]),
  );
  const maps = layer.apply(net, g.input("pixels", [batch, 3, SIDE, SIDE]));
  return put(name, lower({ maps }).model);
}

const picture = (seed: number): Uint8Array =>
  Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (i * 37 + seed * 101) % 256);

const [MEAN, DEVIATION] = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
] as const;
const scaled = {
  unit: (v: number) => v / 255,
  signed: (v: number) => v / 127.5 - 1,
  bytes: (v: number) => v,
  imagenet: (v: number, c: number) => (v / 255 - MEAN[c]!) / DEVIATION[c]!,
};

/** What the convolution tells of a picture, `[S, MAPS]`, by its definition. */
function byHand(pixels: Uint8Array, scale: (v: number, c: number) => number): number[] {
  const told: number[] = [];
  for (const row of [0, 1])
    for (const column of [0, 1])
      for (let m = 0; m < MAPS; m++) {
        let sum = bias[m]!;
        for (let c = 0; c < 3; c++)
          for (let y = 0; y < KERNEL; y++)
            for (let x = 0; x < KERNEL; x++) {
              const at = ((row * KERNEL + y) * SIDE + column * KERNEL + x) * 3 + c;
              sum += scale(pixels[at]!, c) * weight[((m * 3 + c) * KERNEL + y) * KERNEL + x]!;
            }
        told.push(sum);
      }
  return told;
}

describe("places of a convolution are what its definition says", () => {
  test.each(["unit", "signed", "bytes", "imagenet"] as const)("of shades told by %s", async (pixels) => {
    const encoder = await PictureEncoder.open(convolving("any.onnx", "N"), pixels);
    const pictures = Array.from({ length: 11 }, (_, i) => picture(i)); // more than are read at once
    const told = await encoder.encode(pictures, [SIDE, SIDE, 3]);
    await encoder.dispose();
    expect({ ...told, values: 11 }).toEqual({ places: 4, size: MAPS, grid: [2, 2], values: 11 });
    const scale = pixels === "bytes" ? 255 : 1;
    told.values.forEach((values, i) => {
      byHand(pictures[i]!, scaled[pixels]).forEach((value, k) => {
        expect(values[k]! / scale).toBeCloseTo(value / scale, 4);
      });
    });
  });

  test("read so many at once as the file says, the last with room to spare", async () => {
    const encoder = await PictureEncoder.open(convolving("four.onnx", 4));
    const pictures = Array.from({ length: 6 }, (_, i) => picture(i));
    const { values } = await encoder.encode(pictures, [SIDE, SIDE, 3]);
    await encoder.dispose();
    expect(values).toHaveLength(6);
    byHand(picture(5), scaled.unit).forEach((value, k) => {
      expect(values[5]![k]).toBeCloseTo(value, 5);
    });
  });

  test("and of colours that stand last, maps do too", async () => {
    const x = g.input("x", ["N", SIDE, SIDE, 3]);
    const file = put("last.onnx", lower({ maps: g.mul(x, g.constant([1, 2, 3], [3])) }).model);
    const encoder = await PictureEncoder.open(file);
    expect(encoder.ports.layout).toBe("NHWC");
    const { places, size, grid, values } = await encoder.encode([picture(1)], [SIDE, SIDE, 3]);
    await encoder.dispose();
    expect([places, size, grid]).toEqual([SIDE * SIDE, 3, [SIDE, SIDE]]);
    picture(1).forEach((v, i) => {
      expect(values[0]![i]).toBeCloseTo(((1 + (i % 3)) * v) / 255, 5);
    });
  });

  test("a vector of the whole is one place, a list of vectors as many without a grid", () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect(encodedOf({ shape: [2, 4], data }, "NCHW", 2, "e")).toEqual({
      ...{ places: 1, size: 4 },
      values: [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)],
    });
    expect(encodedOf({ shape: [2, 2, 2], data }, "NCHW", 1, "e")).toEqual({
      ...{ places: 2, size: 2 },
      values: [Float32Array.of(1, 2, 3, 4)],
    });
  });
});

describe("what is no encoder of pictures is refused in a line", () => {
  const pixels = () => g.input("pixels", ["N", 3, SIDE, SIDE]);
  const told = (name: string, outputs: Record<string, g.Tensor>) => put(name, lower(outputs).model);
  const two = () => told("two.onnx", { y: g.add(pixels(), g.input("other", ["N", 3, SIDE, SIDE])) });
  const whole = () => told("whole.onnx", { y: g.input("pixels", ["N", 3, SIDE, SIDE], "int64") });
  const flat = () => told("flat.onnx", { y: g.mean(pixels(), [1, 2, 3]) });
  const five = () => told("five.onnx", { y: g.mul(g.input("pixels", ["N", 5, SIDE, SIDE]), 2) });
  const sound = () => told("sound.onnx", { y: g.mul(g.input("sound", ["N", 400]), 2) });
  const odd = () => told("odd.onnx", { y: g.log(g.mul(pixels(), -1)) });

  test.each<[string, () => string, string]>([
    ["two inputs", two, "it has 2 inputs (pixels: float32 [N, 3, 8, 8] and other: float32 [N, 3, 8, 8])"],
    ["an integer input", whole, "its input is pixels: int64 [N, 3, 8, 8]"],
    ["five colours", five, "its input is pixels: float32 [N, 5, 8, 8]"],
    ["no picture", sound, "its input is sound: float32 [N, 400]"],
    ["an output of one axis", flat, "its outputs are y: float32 [N]"],
    ["a text", () => put("text.onnx", "hello"), "it is no network that can be run: Failed to load model"],
    // A graph whose initialiser says of itself that it stands elsewhere.
    [
      "weights elsewhere",
      () => put("far.onnx", Uint8Array.of(58, 4, 42, 2, 112, 1)),
      "its weights stand in other files",
    ],
  ])("%s", async (_, make, what) => {
    const file = make();
    const error: unknown = await PictureEncoder.open(file).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "data/encoder" });
    expect(String(error)).toContain(`${file}: ${what}`);
    expect(String(error)).toMatch(/\((?:bring|save) .+\)$/);
  });

  test("values that are not finite, and a picture of another size", async () => {
    const encoder = await PictureEncoder.open(odd());
    await expect(encoder.encode([picture(1)], [SIDE, SIDE, 3])).rejects.toThrow("not finite");
    await expect(encoder.encode([picture(1).subarray(0, 48)], [4, 4, 3])).rejects.toThrow(
      "it cannot read pictures [1, 3, 4, 4]",
    );
    await encoder.dispose();
  });

  test("an unknown way to tell shades", async () => {
    await expect(PictureEncoder.open("none.onnx", "loud")).rejects.toThrow(
      `option '--pixels': "loud" is no way to tell shades (write unit, signed, bytes, imagenet)`,
    );
  });

  test("colours whose number is free are three, and outputs that are no floats are left", () => {
    const free = { name: "x", type: "float32", shape: ["N", "C", "H", "W"] };
    const outputs = [
      { name: "ids", type: "int64", shape: ["N", 4] },
      { name: "last", type: "float32", shape: ["N", "S", 768] },
      { name: "pooled", type: "float32", shape: ["N", 768] },
    ];
    expect(portsOf([free], outputs, "e")).toMatchObject({
      ...{ layout: "NCHW", channels: 3, output: "last", others: ["ids", "pooled"], height: undefined },
    });
  });
});

describe("captioned pictures", () => {
  const folder = join(root, "pictures");
  mkdirSync(folder);
  for (const i of [1, 2, 3])
    writeFileSync(
      join(folder, `${i}.png`),
      encode({ width: SIDE, height: SIDE, channels: 3, data: picture(i) }),
    );
  writeFileSync(
    join(folder, "captions.json"),
    JSON.stringify(
      ["train", "val", "test"].map((split, i) => ({ file: `${i + 1}.png`, split, captions: ["a b", "b"] })),
    ),
  );

  test("have what the encoder tells beside their pixels, and the run which it was", async () => {
    const features = convolving("own.onnx", "N");
    const { fields, modality, splits, notes } = await readCaptions(folder, { features, pixels: "signed" });
    expect(fields["encoded"]).toEqual({
      ...{
        kind: "frames",
        role: "source",
        axis: "none",
        shape: [4, MAPS],
        storage: "float32",
        range: [0, 1],
      },
    });
    const known = knownEncoder(modality);
    expect(known).toMatchObject({
      ...{ input: "pixels", output: "maps", layout: "NCHW", pixels: "signed", grid: [2, 2] },
    });
    const train = await sequencesIn(splits.train);
    const values = train[0]!.values["encoded"] as Float32Array;
    byHand(picture(1), scaled.signed).forEach((value, k) => {
      expect(values[k]).toBeCloseTo(value, 4);
    });
    expect(train[1]!.values["encoded"]).toBe(values); // one copy for all captions
    expect(notes.join("\n")).toContain(
      "its input pixels (NCHW) is given shades from −1 to 1 (--pixels signed), its output maps tells 2 × 2 places of 2 numbers",
    );
    expect(encodedAgain(features, { fields, modality, splits, notes })).toEqual({
      ...{ features, size: "8x8", colours: "colour" },
    });
  });

  test("are brought to the size that it reads, and to no other", async () => {
    const features = convolving("own.onnx", "N");
    const { fields } = await readCaptions(folder, { features, crop: "4x4" });
    expect((fields["picture"] as FramesField).shape).toEqual([SIDE, SIDE, 3]);
    const middle = await readCaptions(folder, { features, crop: "centre" });
    expect((middle.fields["picture"] as FramesField).shape).toEqual([SIDE, SIDE, 3]);
    await expect(readCaptions(folder, { features, size: "4x4" })).rejects.toThrow(
      "option '--size': the encoder reads pictures of 8x8",
    );
    await expect(readCaptions(folder, { features, colours: "grey" })).rejects.toThrow("option '--colours'");
  });

  test("of a run are read by the encoder that it was trained with alone", async () => {
    const features = convolving("own.onnx", "N");
    const { fields, modality } = await readCaptions(folder, { features });
    const moved = convolving("moved.onnx", "N");
    const again = await readCaptions(folder, { features: moved }, { fields, modality });
    expect(again.fields).toEqual(fields);
    const changed = convolving("changed.onnx", 4);
    await expect(readCaptions(folder, { features: changed }, { fields, modality })).rejects.toMatchObject({
      code: "run/encoder",
      message: expect.stringMatching(
        /changed\.onnx: this is not the encoder that the run was trained with: its SHA-256 is [0-9a-f]{12}…, and was [0-9a-f]{12}…/,
      ) as string,
      remedy: expect.stringContaining("--features PATH") as string,
    });
    const gone = join(root, "gone.onnx");
    await expect(readCaptions(folder, { features: gone }, { fields, modality })).rejects.toMatchObject({
      ...{ code: "run/encoder", at: gone },
    });
  });

  test.each([
    [{ pixels: "unit" }, "option '--pixels' has no effect"],
    [{ features: "mel" }, "option '--features mel' is about speech"],
  ])("%o is refused", async (schema, what) => {
    await expect(readCaptions(folder, schema)).rejects.toThrow(what);
  });

  test("what a run says of its encoder is read as hostile input", () => {
    expect(() => knownEncoder({ name: "captions", encoder: { sha256: "abc" } })).toThrow(
      /what the run knows of its encoder cannot be read: sha256: a SHA-256 has 64/,
    );
  });
});
