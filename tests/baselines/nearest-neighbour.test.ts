import { expect, test } from "vitest";
import { nearestLevel } from "../../src/baselines/nearest-neighbour.ts";

const examples = {
  rows: [
    [0, 0],
    [3, 4],
    [3, 5],
  ].map((row) => Float64Array.from(row)),
  levels: [7, 1, 2],
};

test("the level is that of the nearest example, without the one that is left out", () => {
  expect(nearestLevel(examples, Float64Array.of(3, 4.4))).toBe(1);
  expect(nearestLevel(examples, Float64Array.of(3, 4.6))).toBe(2);
  expect(nearestLevel(examples, Float64Array.of(3, 4.4), 1)).toBe(2);
  expect(nearestLevel({ rows: [], levels: [] }, Float64Array.of(1))).toBeUndefined();
});
