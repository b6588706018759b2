import fc from "fast-check";
import { expect, test } from "vitest";
import { pinballLoss } from "../../src/metrics/pinball.ts";
import { sampleQuantile, transformOf } from "../../src/metrics/quantiles.ts";

const draws = fc
  .array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 })
  .map((values) => Float64Array.from(values).sort());
const level = fc.double({ min: 0, max: 1, noNaN: true });

test("the examples of the documentation", () => {
  expect(sampleQuantile([1, 2, 4], 0.5)).toBe(2);
  expect(sampleQuantile([1, 2, 4], 0.625)).toBe(3);
  expect(sampleQuantile([1, 2, 4], 0.01)).toBe(1);
  expect(sampleQuantile([1, 2, 4], 0.99)).toBe(4);
  expect(transformOf([1, 2, 4], 3, 0.5)).toBe(0.625);
  expect(pinballLoss(10, 8, 0.9)).toBeCloseTo(1.8, 12);
  expect(pinballLoss(8, 10, 0.9)).toBeCloseTo(0.2, 12);
});

test("quantiles rise with the level and stay among the draws", () => {
  fc.assert(
    fc.property(draws, level, level, (sorted, a, b) => {
      const [low, high] = [sampleQuantile(sorted, Math.min(a, b)), sampleQuantile(sorted, Math.max(a, b))];
      expect(low).toBeLessThanOrEqual(high);
      expect(low).toBeGreaterThanOrEqual(sorted[0]!);
      expect(high).toBeLessThanOrEqual(sorted.at(-1)!);
    }),
  );
});

test("the transform of a value is the share of draws below it, up to one draw", () => {
  fc.assert(
    fc.property(draws, fc.double({ min: -2e6, max: 2e6, noNaN: true }), level, (sorted, value, tie) => {
      const below = sorted.filter((each) => each < value).length;
      expect(transformOf(sorted, value, tie)).toBeCloseTo((below + tie) / (sorted.length + 1), 12);
    }),
  );
});

test("of all constants the quantile has the least pinball loss", () => {
  const values = Float64Array.from({ length: 99 }, (_, i) => (i * 37) % 99).sort();
  const loss = (estimate: number, at: number) =>
    values.reduce((sum, value) => sum + pinballLoss(value, estimate, at), 0);
  for (const at of [0.1, 0.5, 0.9]) {
    const best = loss(sampleQuantile(values, at), at);
    for (const estimate of values) expect(best).toBeLessThanOrEqual(loss(estimate, at) + 1e-9);
  }
});
