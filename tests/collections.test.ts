import fc from "fast-check";
import { expect, test } from "vitest";
import { firstOf, firstPlace, lastOf, paired, rowSums } from "../src/collections.ts";

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

test("what belongs together stands side by side, and a list without partners is a mistake", () => {
  expect(paired(["a", "b"], [1, 2])).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
  expect(paired([], [])).toEqual([]);
  expect(() => paired([1, 2], [1])).toThrow("2 items have no partners among 1");
});

test("the first and the last item are those, also where they are undefined; of nothing there is none", () => {
  expect([firstOf([1, 2, 3]), lastOf([1, 2, 3]), firstOf([7]), lastOf([7])]).toEqual([1, 3, 7, 7]);
  expect(lastOf([1, undefined])).toBeUndefined();
  expect(() => firstOf([])).toThrow("there is no item 0 among 0");
  expect(() => lastOf([])).toThrow(RangeError);
});
