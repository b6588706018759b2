/** Tracks at another pace: what is scaled, by how much, and what is not. */
import { describe, expect, test } from "vitest";
import { paced } from "../../src/data/motion/pace.ts";
import { NUMBERS } from "../../src/data/motion/windows.ts";
import type { Part } from "../../src/data/source.ts";
import { Random } from "../../src/random/generator.ts";

const random = Random.stream(1, "stretch");
const x = Float64Array.from({ length: 24 }, () => random.normal());
const source = Float32Array.from({ length: 2 * 8 * NUMBERS }, (_, i) =>
  i % NUMBERS === NUMBERS - 1 ? i % 2 : random.normal(),
);
const part: Part = { length: 12, values: { x, source } };
const factors = Array.from({ length: 200 }, (_, i) => {
  const { values } = paced(0.5)!(part, Random.stream(i, "pace"));
  return { values, factor: (values["x"] as Float64Array)[0]! / x[0]! };
});

describe("a stretch at another pace", () => {
  test("has all departures, places and moves by one factor, and who was there as it was", () => {
    for (const { values, factor } of factors) {
      for (const [i, value] of (values["x"] as Float64Array).entries())
        expect(value).toBeCloseTo(factor * x[i]!, 9);
      for (const [i, value] of (values["source"] as Float32Array).entries())
        expect(value).toBeCloseTo(i % NUMBERS === NUMBERS - 1 ? source[i]! : factor * source[i]!, 5);
    }
  });

  test("is as often slower as faster, within the share", () => {
    expect(Math.min(...factors.map(({ factor }) => factor))).toBeGreaterThanOrEqual(1 / 1.5);
    expect(Math.max(...factors.map(({ factor }) => factor))).toBeLessThanOrEqual(1.5);
    const faster = factors.filter(({ factor }) => factor > 1).length;
    expect(faster).toBeGreaterThan(70);
    expect(faster).toBeLessThan(130);
  });

  test("leaves what it was made of as it was, and is none where nobody asks for one", () => {
    expect(part.values["x"]).toEqual(x);
    expect(paced(0)).toBeUndefined();
  });
});
