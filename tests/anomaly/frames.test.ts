/** Odd frames: the worst patch against every patch summed by hand, smoothing against SciPy, thresholds against counting. */
import { describe, expect, test } from "vitest";
import { asTheSecond, frameDetector, frameScores, smoothed, worstPatch } from "../../src/anomaly/frames.ts";
import { someNumbers } from "../finite-differences.ts";

describe("the worst patch", () => {
  test("is the square of the highest mean, of all there are", () => {
    const [width, height, side] = [7, 5, 3];
    const map = someNumbers(width * height, 3);
    let expected = { value: Number.NEGATIVE_INFINITY, x: 0, y: 0 };
    for (let y = 0; y + side <= height; y++)
      for (let x = 0; x + side <= width; x++) {
        let sum = 0;
        for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) sum += map[(y + i) * width + x + j]!;
        if (sum / side ** 2 > expected.value) expected = { value: sum / side ** 2, x, y };
      }
    const found = worstPatch(map, width, side);
    expect([found.x, found.y]).toEqual([expected.x, expected.y]);
    expect(found.value).toBeCloseTo(expected.value, 12);
  });

  test("of a frame smaller than it is the frame", () => {
    expect(worstPatch([1, 2, 3, 6], 2, 12)).toEqual({ value: 3, x: 0, y: 0 });
  });
});

describe("smoothing", () => {
  test("is that of scipy.ndimage.gaussian_filter1d 1.17.1", () => {
    // n.gaussian_filter1d([0., 1, 4, 9, 16, 25, 36], 1.5)
    const scipy = [
      1.4651335281, 2.9850418685, 6.168115076, 11.0937199764, 17.409040373, 23.8263733714, 28.0525758067,
    ];
    smoothed(Float64Array.of(0, 1, 4, 9, 16, 25, 36), 1.5).forEach((value, t) => {
      expect(value).toBeCloseTo(scipy[t]!, 8);
    });
  });

  test("of a clip shorter than the kernel keeps a level, and without a deviation all", () => {
    for (const value of smoothed(Float64Array.of(2, 2), 6)) expect(value).toBeCloseTo(2, 12);
    expect([...smoothed(Float64Array.of(1, 5), 0)]).toEqual([1, 5]);
  });
});

describe("a detector", () => {
  const clean = [Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7, 8)];

  test("flags no more clean frames than is wanted, and as many as that allows", () => {
    for (const wanted of [0, 1, 3]) {
      const options = { smoothing: 0, alarmsPerThousandSteps: (1000 * wanted) / 8 };
      const detector = frameDetector(clean, options);
      const scores = clean.flatMap((clip) => [...frameScores(clip, detector, 0)]);
      expect(scores.filter((score) => score > detector.threshold)).toHaveLength(wanted);
    }
  });

  test("tells scores in deviations of clean frames", () => {
    const { mean, deviation } = frameDetector(clean, { smoothing: 0, alarmsPerThousandSteps: 1 });
    expect([mean, deviation]).toEqual([4.5, Math.sqrt(5.25)]);
    const [usual, odd] = frameScores(Float64Array.of(4.5, 9.75), { mean, deviation }, 0);
    expect([usual, odd]).toEqual([0, 5.25 / Math.sqrt(5.25)]);
  });

  test("is refused where clean frames do not differ", () => {
    const make = () => frameDetector([Float64Array.of(1, 1)], { smoothing: 0, alarmsPerThousandSteps: 1 });
    expect(make).toThrow(expect.objectContaining({ code: "detect/clean" }));
  });
});

test("the first frame of a clip, which no other tells, hides no odd one", () => {
  const clip = (odd: number) => {
    const patches = Float64Array.from([50, ...someNumbers(149, 5)]);
    patches[60] = odd;
    asTheSecond(patches);
    return patches;
  };
  const detector = frameDetector([clip(0)], { smoothing: 0, alarmsPerThousandSteps: 0 });
  const scores = frameScores(clip(8), detector, 0);
  expect([...scores.keys()].filter((t) => scores[t]! > detector.threshold)).toEqual([60]);
  const alone = Float64Array.of(3);
  asTheSecond(alone);
  expect([...alone]).toEqual([3]);
});
