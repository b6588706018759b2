import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gridFraction, nearestPoint } from "../../src/data/grid.ts";
import { inferGrid } from "../../src/data/tables/resolution.ts";

const deviationOf = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};
const gridOf = (values: readonly number[]) => inferGrid(values, deviationOf(values)).step;

describe("the grid of a column", () => {
  test.each([
    ["whole numbers", [3, 7, 12], 1],
    ["steps of 5", [0, 5, 100, 35], 5],
    ["hundredths", [0.31, 2.47, 1.1], 0.01],
    ["halves below zero", [-1.5, 2, 0.5], 0.5],
    ["hundreds", [100, 1300, 700], 100],
    ["hundreds of which four values are 600 apart", [100, 1300, 700, 2500], 600],
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

  test("missing entries do not matter, and nothing is told of less than two values", () => {
    expect(inferGrid([Number.NaN, 0, 1.5, 3], 1)).toEqual({ step: 1.5, origin: 0 });
    expect(inferGrid([Number.NaN, 5, 5], 0)).toEqual({ step: 0, origin: 0 });
    expect(inferGrid([], 0)).toEqual({ step: 0, origin: 0 });
  });

  test("any decimal or thirds grid is recovered from coprime multiples", () => {
    const steps = fc.constantFrom(0.001, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 1 / 3, 1 / 7);
    const multiples = fc.array(fc.integer({ min: -2000, max: 2000 }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(steps, multiples, (step, counts) => {
        const values = [...counts, 8, 9].map((count) => count * step);
        const deviation = deviationOf(values);
        const found = inferGrid(values, deviation).step;
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

  describe("on a large level", () => {
    // The reproducers of a column whose grid came out wider than the column.
    test.each([
      ["air pressure", 101325, 0.01, 4],
      ["kelvin", 273.15, 1e-6, 9],
      ["a thousand", 1e3, 1e-4, 7],
      ["ten thousand", 1e4, 1e-3, 6],
      ["a million", 1e6, 1e-2, 5],
      ["a hundred million", 1e8, 1e-2, 5],
      ["a thousand million", 1e9, 1e-2, 4],
      ["a longitude", 113.404954, 2e-5, 7],
    ])("%s: %f ± %f to %i decimals", (_, level, spread, places) => {
      const values = Array.from({ length: 600 }, (_, i) =>
        Number((level + spread * Math.sin(i / 7)).toFixed(places)),
      );
      const grid = inferGrid(values, deviationOf(values));
      expect(grid.step).toBeCloseTo(10 ** -places, places + 6);
      for (const value of values)
        expect(nearestPoint({ resolution: grid.step, origin: grid.origin })(value)).toBe(value);
    });

    test("where float64 tells no decimals the grid is that of float64, or none", () => {
      const values = Array.from({ length: 600 }, (_, i) => 1e9 + 1e-4 * Math.sin(i / 7));
      const { step } = inferGrid(values, deviationOf(values));
      expect([0, 2 ** -23]).toContain(step);
    });

    test("also of values that went through float32", () => {
      const values = Array.from({ length: 300 }, (_, i) =>
        Math.fround(Number((1013.25 + Math.sin(i)).toFixed(2))),
      );
      expect(inferGrid(values, deviationOf(values))).toEqual({ step: 0.01, origin: 0 });
    });
  });

  const distinct = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);

  test("any grid k · step + offset is found, at any level", () => {
    const steps = fc.constantFrom(1e-6, 0.001, 0.02, 0.05, 0.25, 0.5, 2, 5, 250);
    const counts = fc.array(fc.integer({ min: -1500, max: 1500 }), { minLength: 1, maxLength: 30 });
    const levels = fc.integer({ min: -(10 ** 7), max: 10 ** 7 });
    const shares = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(steps, counts, levels, shares, (step, own, level, share) => {
        // As a recorder writes it: a decimal, read as the nearest float64. The product may lie beside that.
        const value = (count: number) => Number(((level + count + share / 10) * step).toPrecision(15));
        const values = [...own, 8, 9, 11, 12].map(value);
        const { step: found, origin } = inferGrid(values, deviationOf(values));
        expect(Math.abs(found - step)).toBeLessThan(1e-9 * step + Number.EPSILON * Math.abs(value(9)));
        const point = nearestPoint({ resolution: found, origin });
        for (const one of values) expect(point(one)).toBe(one);
      }),
    );
  });

  test("it is never wider than the smallest distance, nor than the range", () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
      fc.integer({ min: -1000, max: 1000 }).map((count) => 101325 + count * 1e-7),
      fc.constantFrom(9.96921e36, -9999, 1e30, 1e-300),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 30 }), (values) => {
        const sorted = distinct(values);
        const noise = 2 ** -50 * Math.max(...sorted.map(Math.abs));
        const distances = sorted.slice(1).map((each, i) => each - sorted[i]!);
        const apart = distances.filter((distance) => distance > noise);
        const smallest = Math.min(Number.POSITIVE_INFINITY, ...apart);
        expect(gridOf(values)).toBeLessThanOrEqual(smallest * (1 + 1e-9) + noise);
      }),
      { numRuns: 500 },
    );
  });

  test("a fraction puts points where decimals are read", () => {
    expect(gridFraction({ resolution: 0.1 })).toEqual({ step: 1, origin: 0, denominator: 10 });
    expect(nearestPoint({ resolution: 0.3 })(0.88)).toBe(0.9);
    expect(nearestPoint({ resolution: 0.5, origin: 0.25 })(-1)).toBe(-0.75);
    expect(nearestPoint({ resolution: 0 })(0.123)).toBe(0.123);
  });
});
