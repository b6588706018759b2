import { expect, test } from "vitest";
import { boundariesQuality, boundaryQuality } from "../../src/metrics/boundaries.ts";

test("borders are matched one to one, the nearest first", () => {
  expect(boundaryQuality([10, 30], [12, 50], 3)).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 });
  expect(boundaryQuality([10, 11, 12], [11], 3)).toEqual({ precision: 1 / 3, recall: 1, f1: 0.5 });
  expect(boundaryQuality([11], [10, 12], 3).recall).toBe(0.5);
  expect(boundaryQuality([], [], 3)).toEqual({ precision: 1, recall: 1, f1: 1 });
  expect(boundaryQuality([], [5], 3)).toEqual({ precision: 1, recall: 0, f1: 0 });
  expect(boundaryQuality([14], [10], 3).f1).toBe(0);
});

test("of several sequences the counts are pooled", () => {
  const all = [
    { found: [10, 40], truth: [10] },
    { found: [], truth: [7, 9] },
  ];
  expect(boundariesQuality(all, 0)).toEqual({ precision: 0.5, recall: 1 / 3, f1: 0.4 });
});
