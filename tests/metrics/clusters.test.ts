import fc from "fast-check";
import { expect, test } from "vitest";
import { normalisedMutualInformation as nmi } from "../../src/metrics/clusters.ts";

test("of groupings that agree, that are independent, and by hand", () => {
  expect(nmi([0, 0, 1, 1], ["b", "b", "a", "a"])).toBeCloseTo(1, 12);
  expect(nmi([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(0, 12);
  // H = ln 2, H' = 1.5 ln 2 and the second tells the first: 2 ln 2 / (2.5 ln 2)
  expect(nmi([0, 0, 1, 1], [0, 1, 2, 2])).toBeCloseTo(2 / 2.5, 12);
  expect(nmi([1, 1], ["x", "x"])).toBe(1);
});

test("it is between 0 and 1, the same both ways, and names do not matter", () => {
  const groups = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(groups, (pairs) => {
      const [left, right] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
      const value = nmi(left, right);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1 + 1e-12);
      expect(nmi(right, left)).toBeCloseTo(value, 12);
      expect(
        nmi(
          left.map((own) => `group ${3 - own}`),
          right,
        ),
      ).toBeCloseTo(value, 12);
    }),
  );
});

test("groupings of different items are refused", () => {
  expect(() => nmi([1], [1, 2])).toThrow(expect.objectContaining({ code: "metrics/length" }));
  expect(() => nmi([], [])).toThrow(expect.objectContaining({ code: "metrics/length" }));
});
