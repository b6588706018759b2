import { expect, test } from "vitest";
import { mcnemar } from "../../src/metrics/mcnemar.ts";
import { errorOf } from "../run/scratch.ts";

/** So many things that both told rightly, the first alone, the second alone, neither. */
function told(both: number, first: number, second: number, neither: number) {
  const rows = [
    ...Array.from({ length: both }, () => [true, true] as const),
    ...Array.from({ length: first }, () => [true, false] as const),
    ...Array.from({ length: second }, () => [false, true] as const),
    ...Array.from({ length: neither }, () => [false, false] as const),
  ];
  return mcnemar(
    rows.map(([a]) => a),
    rows.map(([, b]) => b),
  );
}

test("p is twice the lesser tail of fair coins, counted one by one", () => {
  // Of 11 that one alone told rightly at most 2: (1 + 11 + 55) / 2¹¹ on one side.
  expect(told(20, 9, 2, 4).pValue).toBeCloseTo((2 * 67) / 2048, 12);
  expect(told(20, 2, 9, 4).pValue).toBeCloseTo((2 * 67) / 2048, 12);
  expect(told(5, 0, 0, 5).pValue).toBe(1);
  expect(told(0, 3, 3, 0).pValue).toBe(1);
  expect(told(0, 5, 0, 0).pValue).toBeCloseTo(2 / 32, 12);
  // Beyond what 2ⁿ can be: exact as a sum of logarithms; of 1,200 against 1,000 it is z = 4.264 by the normal curve.
  expect(told(0, 1200, 1000, 0).pValue).toBeGreaterThan(1.9e-5);
  expect(told(0, 1200, 1000, 0).pValue).toBeLessThan(2.4e-5);
});

test("the difference is that of the shares, and its interval is that of paired proportions", () => {
  const { difference, interval } = told(70, 15, 5, 10);
  expect(difference).toBeCloseTo(0.1, 12);
  const deviation = Math.sqrt(0.15 + 0.05 - 0.1 ** 2) / 10;
  expect(interval[0]).toBeCloseTo(0.1 - 1.959964 * deviation, 6);
  expect(interval[1]).toBeCloseTo(0.1 + 1.959964 * deviation, 6);
});

test("what is not paired is refused", () => {
  expect(errorOf(() => mcnemar([true], []))).toMatchObject({ code: "metrics/length" });
  expect(errorOf(() => mcnemar([], []))).toMatchObject({ code: "metrics/length" });
});
