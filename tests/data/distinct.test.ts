import fc from "fast-check";
import { expect, test } from "vitest";
import { distinctNumbers } from "../../src/data/tables/distinct.ts";

const number = fc.oneof(
  fc.double(),
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY),
);

test("distinct numbers are those of a set, in its order", () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 4000, size: "max" }), (values) => {
      const expected = new Set(values.filter((value) => !Number.isNaN(value)));
      expect([...distinctNumbers(values)]).toEqual([...expected]);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test("they may be many, and whole numbers or shares of one", () => {
  for (const unit of [1, 1 / 7, 2 ** 20, 1e-4]) {
    const values = Array.from({ length: 300_000 }, (_, i) => (i % 150_000) * unit);
    const found = distinctNumbers(values);
    expect(found).toHaveLength(150_000);
    expect(found.every((value, i) => value === values[i])).toBe(true);
  }
});
