/** Pictures out of files: against what Pillow reads of them (`fixtures/make.py`), by definitions, and hostile ones. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { decode, encode } from "fast-png";
import { zlibSync } from "fflate";
import { describe, expect, test } from "vitest";
import { readPicture, type Sharp } from "../../../src/data/files-pictures.ts";
import { decodePicture } from "../../../src/data/images/decode.ts";
import { orientationOf } from "../../../src/data/images/exif.ts";
import { gifFrames } from "../../../src/data/images/gif.ts";
import { jpegHeader } from "../../../src/data/images/jpeg.ts";
import { lookedPng } from "../../../src/data/images/looked.ts";
import { inGrey, type Picture } from "../../../src/data/images/picture.ts";
import { PixmapReader } from "../../../src/data/images/pixmap.ts";
import { preparationOf, prepared } from "../../../src/data/images/preparation.ts";
import { resampled } from "../../../src/data/images/resample.ts";
import { VrnnError } from "../../../src/errors.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const fileOf = (name: string): Uint8Array => new Uint8Array(readFileSync(join(fixtures, name)));
interface Expected {
  readonly shape: readonly number[];
  readonly pixels: readonly number[];
}
const { resized, ...expected } = JSON.parse(readFileSync(join(fixtures, "expected.json"), "utf8")) as Record<
  string,
  Expected
> & { resized: Record<"small" | "large" | "grey", number[]> };

/** The greatest difference of two lists of pixels. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
};

/** Decoders of JPEG may round, and bring colours back, in their own ways. */
const tolerance = (name: string): number => (name.endsWith(".png") ? 1 : 4);

test.each(Object.keys(expected).filter((name) => !name.endsWith(".gif")))(
  "%s is what Pillow reads",
  async (name) => {
    const { shape, pixels } = expected[name]!;
    const picture = await decodePicture(fileOf(name), name);
    expect([picture.height, picture.width, picture.channels]).toEqual([...shape.slice(0, 2), shape[2] ?? 1]);
    expect(apart(picture.pixels, pixels)).toBeLessThanOrEqual(tolerance(name));
  },
);

test("a GIF is its frames, with how long each is shown", async () => {
  const frames: { picture: Picture; seconds: number }[] = [];
  for await (const frame of gifFrames(fileOf("grey.gif"), "grey.gif")) frames.push(frame);
  expect(frames.map(({ seconds }) => seconds)).toEqual([0.1, 0.1, 0.2, 0.1]);
  expect(frames.flatMap(({ picture }) => [...picture.pixels])).toEqual(expected["grey.gif"]!.pixels);
});

describe("a picture of another size", () => {
  test("is what Pillow makes by its bilinear filter, up to how it rounds", async () => {
    const [colour, grey] = await Promise.all(
      ["colour.png", "grey.png"].map((name) => decodePicture(fileOf(name), name)),
    );
    expect(apart(resampled(colour!, { width: 7, height: 5 }).pixels, resized.small)).toBeLessThanOrEqual(1);
    expect(apart(resampled(grey!, { width: 20, height: 15 }).pixels, resized.large)).toBeLessThanOrEqual(1);
    expect(apart(inGrey(colour!).pixels, resized.grey)).toBeLessThanOrEqual(1);
  });

  test("of one shade stays of that shade", () => {
    fc.assert(
      fc.property(
        fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 1, max: 9 }))),
        fc.integer({ min: 0, max: 255 }),
        ([width, height, wide, high], shade) => {
          const pixels = new Uint8Array(width! * height!).fill(shade);
          const picture = resampled(
            { width: width!, height: height!, channels: 1, pixels },
            { width: wide!, height: high! },
          );
          expect([...picture.pixels]).toEqual(Array(wide! * high!).fill(shade));
        },
      ),
      { seed: 1 },
    );
  });
});

describe("options", () => {
  const picture: Picture = {
    width: 4,
    height: 2,
    channels: 1,
    pixels: Uint8Array.of(0, 1, 2, 3, 10, 11, 12, 13),
  };
  const made = (schema: Parameters<typeof preparationOf>[0]) =>
    prepared(picture, preparationOf(schema), "a.png");

  test("cut a part out, in the middle unless told", () => {
    expect([...made({ crop: "2x1+1+1" }).pixels]).toEqual([11, 12]);
    expect([...made({ crop: "2x2" }).pixels]).toEqual([1, 2, 11, 12]);
    expect([...made({ crop: "centre", size: "1x1" }).pixels]).toEqual([7]); // the mean of the 2 × 2 in the middle, 6.5
    expect(made({ colours: "colour" }).pixels.slice(3, 9)).toEqual(Uint8Array.of(1, 1, 1, 2, 2, 2));
  });

  test.each<[Parameters<typeof preparationOf>[0], string]>([
    [{ size: "64" }, `option '--size': "64" is no size`],
    [{ size: "0x4" }, `option '--size': "0x4" is no size`],
    [{ crop: "left" }, `option '--crop': "left" is no part of a picture`],
    [{ crop: "centre" }, "option '--crop centre' needs the size that it is to fit"],
    [{ crop: "3x2+2+0" }, "a.png: it has 4 by 2 pixels, and the part asked for does not lie in it"],
  ])("%j is refused", (schema, message) => {
    expect(() => made(schema)).toThrow(message);
  });
});

/** A PNG of any chunks; its checksums are nought, which matters only to what is decoded. */
function pngOf(
  width: number,
  height: number,
  data: Uint8Array,
  last: readonly string[] = ["IEND"],
): Uint8Array {
  const chunk = (type: string, content: Uint8Array) => {
    const bytes = Buffer.alloc(12 + content.length);
    bytes.writeUInt32BE(content.length);
    bytes.write(type, 4, "latin1");
    bytes.set(content, 8);
    return bytes;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  return new Uint8Array(
    Buffer.concat([
      Buffer.from(signature),
      chunk("IHDR", header),
      chunk("IDAT", data),
      ...last.map((type) => chunk(type, new Uint8Array())),
    ]),
  );
}

describe("hostile pictures are refused by name, before they take memory", () => {
  const jpeg = fileOf("colour.jpg");
  const png = fileOf("colour.png");
  const jpegOf = (height: number, width: number) => {
    const bytes = jpeg.slice();
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    new DataView(bytes.buffer).setUint16(frame + 5, height);
    new DataView(bytes.buffer).setUint16(frame + 7, width);
    return bytes;
  };
  test.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(), "a.png: the file is empty"],
    ["a text", new TextEncoder().encode("no picture"), "a.png: it is neither PNG nor JPEG"],
    ["no pixels", pngOf(0, 4, new Uint8Array()), "it says that it is 0 by 4 pixels"],
    ["65,536 pixels a side", pngOf(65_536, 1, new Uint8Array()), "it says that it is 65536 by 1 pixels"],
    [
      "more pixels than fit",
      pngOf(30_000, 30_000, new Uint8Array()),
      "it says that it is 30000 by 30000 pixels",
    ],
    [
      "a bomb",
      pngOf(4, 4, deflateSync(new Uint8Array(200_000_000))),
      "unfolds to more pixels than it says that it has",
    ],
    ["no end", pngOf(4, 4, zlibSync(new Uint8Array(20)), []), "truncated PNG: it ends before its last part"],
    ["half a PNG", png.subarray(0, png.length / 2), "truncated PNG"],
    ["half a JPEG", jpeg.subarray(0, jpeg.length - 20), "truncated JPEG: its pixels break off"],
    ["the head of a JPEG", jpeg.subarray(0, 60), "truncated JPEG: it ends before its pixels"],
    ["a JPEG of no height", jpegOf(0, 16), "it says that it is 16 by 0 pixels"],
    ["a JPEG of 65,535 pixels a side", jpegOf(65_535, 65_535), "it says that it is 65535 by 65535 pixels"],
  ])("%s", async (_, bytes, message) => {
    const before = process.memoryUsage().arrayBuffers;
    await expect(decodePicture(bytes, "a.png")).rejects.toThrow(message);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
  });

  test("whatever a header says, a picture is read as large as it says or refused by an error of ours", async () => {
    const bytes = encode({ width: 6, height: 5, channels: 3, data: new Uint8Array(90).fill(7) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(bytes, jpeg),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        async (own, at, byte) => {
          const changed = own.slice();
          changed[at % Math.min(200, own.length)] = byte;
          try {
            const { width, height, channels, pixels } = await decodePicture(changed, "a");
            expect(pixels.length).toBe(width * height * channels);
          } catch (error) {
            expect(error).toBeInstanceOf(VrnnError);
          }
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  test("half a GIF, and one whose frame does not lie within it", async () => {
    const gif = fileOf("grey.gif");
    const read = async (bytes: Uint8Array) => {
      for await (const { picture } of gifFrames(bytes, "a.gif")) expect(picture.width).toBe(16);
    };
    await expect(read(gif.subarray(0, gif.length - 30))).rejects.toThrow("truncated GIF: its end is missing");
    const narrow = gif.slice();
    narrow[6] = 8;
    await expect(read(narrow)).rejects.toThrow("a.gif: broken GIF: a frame does not lie within the size");
  });
});

test("an orientation that is no number from 1 to 8, or that breaks off, is none", () => {
  const exif = (code: number) =>
    Uint8Array.of(
      ...[...Buffer.from("Exif\0\0II"), 42, 0, 8, 0, 0, 0, 1, 0],
      ...[0x12, 1, 3, 0, 1, 0, 0, 0, code, 0, 0, 0],
    );
  expect([6, 9, 0].map((code) => orientationOf(exif(code)))).toEqual([6, 1, 1]);
  expect(orientationOf(exif(6).subarray(0, 24))).toBe(1);
});

test("sharp decodes where it is given, is told of the limits, and what it refuses is told with the path", async () => {
  const told: unknown[] = [];
  const sharp = ((_: Uint8Array, limits: unknown) => {
    told.push(limits);
    const self = {
      rotate: () => self,
      flatten: () => self,
      toColourspace: (name: string) => {
        told.push(name);
        return self;
      },
      raw: () => self,
      toBuffer: async () => ({ data: Buffer.from([1, 2]), info: { width: 2, height: 1, channels: 1 } }),
    };
    return self;
  }) as unknown as Sharp;
  const path = join(fixtures, "grey.jpg");
  expect(await readPicture(path, sharp)).toEqual({
    width: 2,
    height: 1,
    channels: 1,
    pixels: Uint8Array.of(1, 2),
  });
  expect(told).toEqual([{ limitInputPixels: 2 ** 25, failOn: "truncated" }, "b-w"]);
  const refusing = (() => {
    throw new Error("no codec");
  }) as unknown as Sharp;
  await expect(readPicture(path, refusing)).rejects.toThrow(`${path}: it cannot be read: no codec`);
});

test("pixmaps are read out of pieces of any length", () => {
  const stream = Buffer.concat([
    Buffer.from("P5\n2 1\n255\nab"),
    Buffer.from("P6\n1 1\n255\nxyz"),
    Buffer.from("P5\n2 1\n255\ncd"),
  ]);
  for (const length of [1, 2, 5, 13, stream.length]) {
    const reader = new PixmapReader(() => undefined);
    const found: Picture[] = [];
    for (let i = 0; i < stream.length; i += length)
      found.push(...reader.read(stream.subarray(i, i + length)));
    expect(found.map(({ channels, pixels }) => [channels, Buffer.from(pixels).toString()])).toEqual([
      [1, "ab"],
      [3, "xyz"],
      [1, "cd"],
    ]);
  }
});

test("what stands behind the orientation, such as XMP, does not change it", async () => {
  const jpeg = fileOf("turned-6.jpg");
  const xmp = Uint8Array.from([0xff, 0xe1, 0, 8, ...new TextEncoder().encode("http:/")]);
  const view = new DataView(jpeg.buffer, jpeg.byteOffset);
  const afterJfif = 4 + view.getUint16(4);
  const end = afterJfif + 2 + view.getUint16(afterJfif + 2); // of the orientation
  const more = Uint8Array.from([...jpeg.subarray(0, end), ...xmp, ...jpeg.subarray(end)]);
  expect(jpegHeader(jpeg, "a.jpg").orientation).toBe(6);
  expect(jpegHeader(more, "a.jpg").orientation).toBe(6);
});

test("a GIF without colours is refused by its name", async () => {
  const bare = Uint8Array.from([
    ...new TextEncoder().encode("GIF89a"),
    ...[2, 0, 2, 0, 0, 0, 0], // 2 by 2, no table of colours
    ...[0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 2, 0x84, 0x51, 0],
    0x3b,
  ]);
  const read = async () => {
    for await (const { picture } of gifFrames(bare, "bare.gif")) expect(picture.width).toBe(2);
  };
  await expect(read()).rejects.toThrow("bare.gif: broken GIF:");
});

test("where a model looked is drawn over the places of a picture that is no square", () => {
  const [height, width] = [2, 4];
  const png = lookedPng(new Uint8Array(8).fill(200), [height, width], [Float64Array.of(0, 1)]); // 1 by 2 places
  const { data, width: across } = decode(png);
  const scale = across / (2 * (width + 1) + 1); // two frames, lines between them
  const looked = [0, 1, 2, 3].map((x) => data[scale * across + scale * (width + 2 + x)]!);
  expect(looked).toEqual([30, 30, 200, 200]); // 0.15 of the light
});
