import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitTail, quantile, surprise } from "../../src/anomaly/tail.ts";
import { normals, uniforms } from "../baselines/generator.ts";

const draw = (count: number, next: () => number) => Float64Array.from({ length: count }, next);

test("below the tail it is the empirical −log share at least as high, by enumeration", () => {
  const scores = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(scores, fc.integer({ min: -6, max: 5 }), (values, score) => {
      const tail = fitTail(Float64Array.from(values));
      fc.pre(score <= tail.threshold);
      const asHigh = values.filter((value) => value >= score).length;
      expect(surprise(tail, score)).toBeCloseTo(-Math.log((asHigh + 1) / (values.length + 1)), 12);
    }),
  );
});

test("never falls as the score rises, and a nat never counts for more than a nat beyond the tail's start", () => {
  const finite = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(finite, { minLength: 1, maxLength: 80 }),
      finite,
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      (values, score, more) => {
        const tail = fitTail(Float64Array.from(values));
        expect(surprise(tail, score + more)).toBeGreaterThanOrEqual(surprise(tail, score));
        const far = Math.max(score, tail.threshold) + 1e-9;
        expect(surprise(tail, far + more) - surprise(tail, far)).toBeLessThanOrEqual(more + 1e-6);
        expect(surprise(tail, score)).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

describe("the tail's probabilities hold on fresh scores", () => {
  const exponential = (seed: number) => {
    const next = uniforms(seed);
    return () => -Math.log(1 - next());
  };
  const families: Record<string, (seed: number) => () => number> = {
    "of a true normal model, z²/2": (seed) => {
      const next = normals(seed);
      return () => next() ** 2 / 2;
    },
    "with a Pareto tail of shape ½": (seed) => {
      const next = uniforms(seed);
      return () => 20 * ((1 - next()) ** -0.5 - 1);
    },
    "exponential with a scale of 5": (seed) => {
      const next = exponential(seed);
      return () => 5 * next();
    },
  };
  test.each(Object.keys(families))("%s", (name) => {
    const tail = fitTail(draw(4000, families[name]!(11)));
    const fresh = draw(400_000, families[name]!(12)).map((score) => surprise(tail, score));
    for (const level of [1, 3, 5, 7]) {
      const share = fresh.filter((value) => value >= level).length / fresh.length;
      expect(share / Math.exp(-level), `level ${level}`).toBeGreaterThan(level < 7 ? 0.4 : 0.1);
      expect(share / Math.exp(-level), `level ${level}`).toBeLessThan(2.5);
    }
    expect(fresh.reduce((sum, value) => sum + value, 0) / fresh.length).toBeCloseTo(1, 1);
  });
});

test("a constant score has no surprise, and a rounding error above it has next to none", () => {
  const tail = fitTail(new Float64Array(1000).fill(-0.2257913526));
  expect(surprise(tail, -0.2257913526)).toBe(0);
  expect(surprise(tail, -0.2257913526 + 3) - surprise(tail, -0.2257913526 + 1e-9)).toBeCloseTo(3, 6);
});

test("a quantile is the least value that the share does not exceed", () => {
  const sorted = Float64Array.of(1, 2, 3, 4, 5);
  expect([0, 0.2, 0.21, 0.95, 1].map((share) => quantile(sorted, share))).toEqual([1, 1, 2, 5, 5]);
});
