import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PoolName, pooled, poolNames } from "../../src/patterns/pool.ts";

const value = fc.oneof(fc.constant(Number.NaN), fc.double({ min: -1e6, max: 1e6, noNaN: true }));

describe("pools", () => {
  test("are what they are called, by hand", () => {
    const table = Float64Array.of(1, Number.NaN, 4, 8, Number.NaN, 6, 7, Number.NaN); // [4, 2]
    expect(pooled(table, 2, poolNames)).toEqual([
      ...[4, Math.sqrt(6), 1, 7, 1, 7, 3],
      ...[7, 1, 6, 8, 8, 6, 2],
    ]);
  });

  test("pass missing values over, wherever they stand, and tell of nothing that nothing is known", () => {
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 20 }),
        fc.constantFrom(...poolNames),
        (column, name: PoolName) => {
          const seen = column.filter((each) => !Number.isNaN(each));
          const [all] = pooled(Float64Array.from(column), 1, [name]);
          expect(all).toBe(pooled(Float64Array.from(seen), 1, [name])[0]);
          if (seen.length === 0) expect(all).toBe(name === "count" ? 0 : Number.NaN);
        },
      ),
    );
  });
});
