import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inferResolution } from "../../src/data/tables/resolution.ts";

const deviationOf = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};
const gridOf = (values: readonly number[]) => inferResolution(values, deviationOf(values));

describe("the grid of a column", () => {
  test.each([
    ["whole numbers", [3, 7, 12], 1],
    ["steps of 5", [0, 5, 100, 35], 5],
    ["hundredths", [0.31, 2.47, 1.1], 0.01],
    ["halves below zero", [-1.5, 2, 0.5], 0.5],
    ["hundreds", [100, 1300, 700], 100],
    ["steps of 1/256", [3 / 256, 7 / 256, 1], 1 / 256],
    ["float32 thousandths", [Math.fround(5.827), Math.fround(1.599), Math.fround(0.462)], 0.001],
    ["no grid", [Math.PI, Math.E, Math.SQRT2, Math.LN10], 0],
    ["a grid far below the deviation", [1.00001, 57.30003, 91.20007], 0],
    ["large whole numbers", [1e9, 1e9 + 250, 1e9 + 1000], 250],
  ])("%s", (_, values, grid) => {
    expect(gridOf(values)).toBeCloseTo(grid, 12);
  });

  test("thirds are found to the rounding of float64", () => {
    expect(gridOf([1 / 3, 7 / 3, 10 / 3, 2])).toBeCloseTo(1 / 3, 12);
  });

  test("missing entries and zeros do not matter", () => {
    expect(inferResolution([Number.NaN, 0, 1.5, 3], 1)).toBe(1.5);
  });

  test("any decimal or thirds grid is recovered from coprime multiples", () => {
    const steps = fc.constantFrom(0.001, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 1 / 3, 1 / 7);
    const multiples = fc.array(fc.integer({ min: -2000, max: 2000 }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(steps, multiples, (step, counts) => {
        const values = [...counts, 8, 9].map((count) => count * step);
        const deviation = deviationOf(values);
        const found = inferResolution(values, deviation);
        expect(Math.abs(found - step)).toBeLessThan(1e-9);
      }),
    );
  });

  test("random reals have none", () => {
    const reals = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 20, maxLength: 40 });
    fc.assert(
      fc.property(reals, (values) => {
        const grid = gridOf(values);
        const isMultiple = (value: number) => Math.abs(value / grid - Math.round(value / grid)) < 1e-3;
        expect(grid === 0 || values.every(isMultiple)).toBe(true);
      }),
    );
    expect(gridOf(Array.from({ length: 500 }, (_, i) => Math.sin(i + 1)))).toBe(0);
  });
});
