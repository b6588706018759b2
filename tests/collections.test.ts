import fc from "fast-check";
import { expect, test } from "vitest";
import { firstPlace, rowSums } from "../src/collections.ts";

test("the first place is the one that looking from the left finds", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.nat(10), fc.nat(5), (numbers, value, low) => {
      const sorted = numbers.toSorted((a, b) => a - b);
      const start = Math.min(low, sorted.length);
      const found = sorted.findIndex((each, place) => place >= start && each >= value);
      expect(firstPlace(start, sorted.length, (place) => sorted[place]! >= value)).toBe(
        found < 0 ? sorted.length : found,
      );
    }),
  );
});

test("rows are added up, those of no columns to 0", () => {
  expect([...rowSums(Float64Array.of(1, 2, 3, 4, 5, 6), 2)]).toEqual([6, 15]);
  expect([...rowSums(new Float64Array(), 2)]).toEqual([0, 0]);
  expect([...rowSums(new Float64Array(), 0)]).toEqual([]);
});
