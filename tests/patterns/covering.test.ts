import { expect, test } from "vitest";
import { covering } from "../../src/patterns/covering.ts";

const path = (x: number, y: number) => Float64Array.of(0, 0, x / 2, y / 2, x, y);

test("of paths in heaps, one of each heap is kept: the one in its middle", () => {
  const heaps = [
    [0, 0],
    [10, 0],
    [0, 10],
  ] as const;
  const paths = heaps.flatMap(([x, y]) => [path(x - 0.2, y), path(x, y), path(x + 0.2, y)]);
  expect(covering(paths, 3, 1)).toEqual([1, 4, 7]);
});

test("as many are kept as are asked for, also where all end at one place", () => {
  const kept = covering(
    Array.from({ length: 9 }, () => path(1, 1)),
    4,
    1,
  );
  expect(new Set(kept).size).toBe(4);
});
