import { describe, expect, test } from "vitest";
import { nearestTemplate, warpedDistance } from "../../src/baselines/nearest-template.ts";
import { type Frames, framesOf } from "../../src/data/audio/frames.ts";
import { Random } from "../../src/random/generator.ts";

const noise = (length: number, seed: number, width = 2): Frames => {
  const values = new Float32Array(length * width);
  Random.stream(seed, "frames").fillNormal(values);
  return framesOf(values, width);
};

const between = (a: Frames, i: number, b: Frames, j: number): number =>
  Math.hypot(
    ...Array.from({ length: a.width }, (_, d) => a.values[i * a.width + d]! - b.values[j * b.width + d]!),
  );

/** Sums over every path from the first pair of frames to the last, those alone that keep within a band. */
function sumsOfPaths(
  a: Frames,
  b: Frames,
  band: number,
): { readonly sum: number; readonly weight: number }[] {
  const found: { readonly sum: number; readonly weight: number }[] = [];
  const go = (i: number, j: number, weight: number, sum: number, total: number): void => {
    if (i >= a.length || j >= b.length || Math.abs(i - j) > band) return;
    const [here, weights] = [sum + weight * between(a, i, b, j), total + weight];
    if (i === a.length - 1 && j === b.length - 1) found.push({ sum: here, weight: weights });
    go(i + 1, j + 1, 2, here, weights);
    go(i + 1, j, 1, here, weights);
    go(i, j + 1, 1, here, weights);
  };
  go(0, 0, 2, 0, 0);
  return found;
}

describe("the distance under a warp of time", () => {
  const sizes = [1, 2, 3, 5].flatMap((rows) => [1, 2, 4, 6].map((columns) => [rows, columns] as const));

  test.each(sizes)("is the least of all paths through %d and %d frames", (rows, columns) => {
    const [a, b] = [noise(rows, 10 * rows + columns), noise(columns, 1000 + 10 * rows + columns)];
    const paths = sumsOfPaths(a, b, Number.POSITIVE_INFINITY);
    expect(new Set(paths.map(({ weight }) => weight))).toEqual(new Set([rows + columns]));
    const least = Math.min(...paths.map(({ sum, weight }) => sum / weight));
    expect(warpedDistance(a, b)).toBeCloseTo(least, 12);
    expect(warpedDistance(b, a)).toBeCloseTo(least, 12);
  });

  test.each([0, 1, 2, 3])("keeps within a band of %d frames, or as wide as the lengths need", (band) => {
    for (const [rows, columns] of [
      [6, 6],
      [5, 7],
      [7, 4],
    ] as const) {
      const [a, b] = [noise(rows, 7 + band), noise(columns, 70 + band)];
      const paths = sumsOfPaths(a, b, Math.max(band, Math.abs(rows - columns)));
      const least = Math.min(...paths.map(({ sum, weight }) => sum / weight));
      expect(warpedDistance(a, b, { band })).toBeCloseTo(least, 12);
    }
  });

  test("of speech said slower is nothing", () => {
    const quick = noise(5, 3);
    const slow = framesOf(
      Float32Array.from({ length: 20 }, (_, i) => quick.values[2 * (i >> 2) + (i & 1)]!),
      2,
    );
    expect(slow.length).toBe(10);
    expect(warpedDistance(quick, slow)).toBe(0);
    expect(warpedDistance(quick, quick, { band: 0 })).toBe(0);
  });

  test("is told as it is below what is enough, and else as enough or more", () => {
    const [a, b] = [noise(9, 1), noise(8, 2)];
    const distance = warpedDistance(a, b);
    expect(warpedDistance(a, b, {}, distance * 1.001)).toBe(distance);
    expect(warpedDistance(a, b, {}, distance / 2)).toBeGreaterThanOrEqual(distance / 2);
  });

  test("is none of nothing, or of frames of another width", () => {
    expect(() => warpedDistance(noise(0, 1), noise(3, 1))).toThrow("0 frames of 2 numbers");
    expect(() => warpedDistance(noise(3, 1), noise(3, 1, 3))).toThrow("3 of 3");
  });
});

describe("the nearest template", () => {
  const templates = ["ONE", "TWO", "THREE", "ONE"].map((word, seed) => ({ word, frames: noise(6, seed) }));

  test("is the nearest of all, measured one by one", () => {
    for (let seed = 20; seed < 40; seed++) {
      const heard = noise(7, seed);
      const distances = templates.map(({ frames }) => warpedDistance(heard, frames));
      const place = distances.indexOf(Math.min(...distances));
      const found = nearestTemplate(templates, heard);
      expect(found).toEqual({ ...templates[place], distance: distances[place] });
    }
  });

  test("is the word itself, said again; the first of those that are alike; none of none", () => {
    expect(nearestTemplate(templates, noise(6, 2))).toMatchObject({ word: "THREE", distance: 0 });
    const alike = [
      { word: "A", frames: noise(4, 1) },
      { word: "B", frames: noise(4, 1) },
    ];
    expect(nearestTemplate(alike, noise(4, 2))?.word).toBe("A");
    expect(nearestTemplate([], noise(4, 2))).toBeUndefined();
  });
});
