/** Pictures that are learned from anew: against what each step does to single pixels. */
import { describe, expect, test } from "vitest";
import type { Fields } from "../../src/data/fields.ts";
import { type Augmentation, augmentation } from "../../src/data/images/augment.ts";
import type { Part } from "../../src/data/source.ts";
import { Random } from "../../src/random/generator.ts";

const [HEIGHT, WIDTH] = [6, 8];
const fieldsOf = (shape: readonly number[]): Fields => ({
  picture: { kind: "frames", role: "source", axis: "none", shape, storage: "uint8", range: [0, 255] },
});
const fields = fieldsOf([HEIGHT, WIDTH, 3]);
const nothing: Augmentation = { flips: false, turns: false, zoom: 0, jitter: 0 };
const random = Random.stream(1, "pixels");
const pixels = Uint8Array.from({ length: HEIGHT * WIDTH * 3 }, () => random.integer(256));
const part: Part = { length: 2, values: { x: Int32Array.of(4, 3), picture: pixels } };

/** What is made of the part by several draws. */
const readings = (asked: Partial<Augmentation>, count = 24): Part[] =>
  Array.from({ length: count }, (_, i) =>
    augmentation(fields, { ...nothing, ...asked })!(part, Random.stream(i, "draw")),
  );
const pictureOf = ({ values }: Part) => values["picture"] as Uint8Array;

const turned = (down: boolean, across: boolean): Uint8Array =>
  pixels.map((_, i) => {
    const [y, x, c] = [Math.floor(i / 3 / WIDTH), Math.floor(i / 3) % WIDTH, i % 3];
    return pixels[((down ? HEIGHT - 1 - y : y) * WIDTH + (across ? WIDTH - 1 - x : x)) * 3 + c]!;
  });

describe("a picture", () => {
  test("stands in one of four ways, each of which comes", () => {
    const ways = [turned(false, false), turned(true, false), turned(false, true), turned(true, true)].map(
      String,
    );
    const seen = readings({ flips: true }).map((own) => String(pictureOf(own)));
    expect(new Set(seen)).toEqual(new Set(ways));
  });

  test("that is cut lies within the range of its neighbours, and a flat one stays as it is", () => {
    const flat = { ...part, values: { ...part.values, picture: new Uint8Array(pixels.length).fill(77) } };
    const cut = augmentation(fields, { ...nothing, zoom: 0.5 })!;
    for (let i = 0; i < 8; i++)
      expect(new Set(pictureOf(cut(flat, Random.stream(i, "cut"))))).toEqual(new Set([77]));
    expect(readings({ zoom: 0.5 }).every((own) => String(pictureOf(own)) !== String(pixels))).toBe(true);
  });

  test("of a ramp is a ramp of so much less steepness as is cut", () => {
    const ramp = fieldsOf([1, 101, 1]);
    const values = { picture: Uint8Array.from({ length: 101 }, (_, i) => 2 * i) };
    const own = augmentation(ramp, { ...nothing, zoom: 0.5 })!(
      { length: 0, values },
      Random.stream(3, "ramp"),
    );
    const seen = pictureOf(own);
    const slope = (seen[100]! - seen[0]!) / 100;
    expect(slope).toBeGreaterThanOrEqual(0.99);
    expect(slope).toBeLessThanOrEqual(2);
    seen.forEach((value, i) => {
      expect(Math.abs(value - (seen[0]! + slope * i))).toBeLessThanOrEqual(1);
    });
  });

  test("that is turned about by any angle keeps its middle, and a disc in it", () => {
    const side = 41;
    const half = (side - 1) / 2;
    const square = fieldsOf([side, side, 1]);
    const distance = (i: number) => Math.hypot(Math.floor(i / side) - half, (i % side) - half);
    const rings = Uint8Array.from({ length: side * side }, (_, i) => Math.round(9 * distance(i)));
    const own = augmentation(square, { ...nothing, turns: true })!;
    for (let draw = 0; draw < 6; draw++) {
      const seen = pictureOf(own({ length: 0, values: { picture: rings } }, Random.stream(draw, "turned")));
      seen.forEach((value, i) => {
        if (distance(i) <= half) expect(Math.abs(value - 9 * distance(i))).toBeLessThanOrEqual(4);
      });
    }
  });

  test("that is turned is another one, which has what lies outside of it as in a mirror", () => {
    const half = Uint8Array.from({ length: 32 * 32 }, (_, i) => (i % 32 < 16 ? 0 : 200));
    const own = augmentation(fieldsOf([32, 32, 1]), { ...nothing, turns: true })!;
    const turns = Array.from({ length: 12 }, (_, i) =>
      pictureOf(own({ length: 0, values: { picture: half } }, Random.stream(i, "turned"))),
    );
    const rowsDiffer = turns.filter((seen) => Math.abs(seen[16]! - seen[31 * 32 + 16]!) > 50);
    expect(rowsDiffer.length).toBeGreaterThan(6); // the edge that stood upright lies aslant
    for (const seen of turns) {
      const bright = seen.reduce((all, value) => all + value, 0) / seen.length;
      expect(bright).toBeGreaterThan(80); // nothing dark or empty comes in from outside
      expect(bright).toBeLessThan(120);
    }
  });

  test("in other light keeps which of two values of a channel is larger", () => {
    for (const own of readings({ jitter: 0.3 })) {
      const seen = pictureOf(own);
      for (let i = 3; i < pixels.length; i++)
        if (pixels[i]! > pixels[i - 3]!) expect(seen[i]).toBeGreaterThanOrEqual(seen[i - 3]!);
    }
  });

  test("is the same of the same random numbers, and what stands beside it is as it was", () => {
    const asked = { flips: true, zoom: 0.2, jitter: 0.2 };
    expect(readings(asked)).toEqual(readings(asked));
    expect(readings(asked)[0]!.values["x"]).toBe(part.values["x"]);
  });
});

test("nothing is made where nothing is asked for, or where there is no picture of bytes", () => {
  expect(augmentation(fields, nothing)).toBeUndefined();
  expect(augmentation({}, { ...nothing, flips: true })).toBeUndefined();
});
