import { expect, test } from "vitest";
import { viewsOf } from "../../../src/data/images/views.ts";

const [side, colours] = [3, 2];
const square = Uint8Array.from({ length: side * side * colours }, (_, i) => i);

test("a square has eight views, each of the same pixels, all of them different", () => {
  const views = viewsOf(square, [side, side, colours], 8);
  expect(views[0]).toEqual(square);
  expect(new Set(views.map(String)).size).toBe(8);
  for (const view of views) {
    const pixels = Array.from({ length: side * side }, (_, i) => view[colours * i]!);
    expect(pixels.toSorted((a, b) => a - b)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16]);
    for (const [i, pixel] of pixels.entries()) expect(view[colours * i + 1]).toBe(pixel + 1);
  }
});

test("pixels that are neighbours stay neighbours in each of them", () => {
  for (const view of viewsOf(square, [side, side, colours], 8)) {
    const place = (pixel: number) => {
      const i = view.indexOf(pixel) / colours;
      return [Math.floor(i / side), i % side] as const;
    };
    const distance = (a: number, b: number) => {
      const [[ay, ax], [by, bx]] = [place(a), place(b)];
      return Math.abs(ay - by) + Math.abs(ax - bx);
    };
    for (const [a, b] of [
      [0, 2],
      [2, 4],
      [0, 6],
      [8, 10],
    ] as const)
      expect(distance(a, b)).toBe(1);
  }
});

test("a mirror changes left and right, and what is not square has four views", () => {
  const wide = Uint8Array.of(1, 2, 3, 4, 5, 6);
  expect(viewsOf(wide, [2, 3, 1], 4).map(String)).toEqual([
    "1,2,3,4,5,6",
    "3,2,1,6,5,4",
    "4,5,6,1,2,3",
    "6,5,4,3,2,1",
  ]);
  expect(() => viewsOf(wide, [2, 3, 1], 5)).toThrow("pictures of 3 × 2 have 4 views");
});
