import fc from "fast-check";
import { expect, test } from "vitest";
import { auroc } from "../../src/metrics/auroc.ts";

const labelled = fc
  .array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.boolean()), { minLength: 2, maxLength: 30 })
  .filter((pairs) => pairs.some(([, label]) => label) && pairs.some(([, label]) => !label));

test("equals the share of pairs in which the positive scores higher, ties counting half", () => {
  fc.assert(
    fc.property(labelled, (pairs) => {
      const positives = pairs.filter(([, label]) => label).map(([score]) => score);
      const negatives = pairs.filter(([, label]) => !label).map(([score]) => score);
      const wins = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)));
      const expected = wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
      expect(
        auroc(
          pairs.map(([score]) => score),
          pairs.map(([, label]) => label),
        ),
      ).toBeCloseTo(expected, 12);
    }),
  );
});

test("a monotone transform changes nothing, and the opposite sign gives the complement", () => {
  fc.assert(
    fc.property(labelled, (pairs) => {
      const [scores, labels] = [pairs.map(([score]) => score), pairs.map(([, label]) => label)];
      expect(auroc(scores.map(Math.exp), labels)).toBe(auroc(scores, labels));
      expect(
        auroc(
          scores.map((score) => -score),
          labels,
        ),
      ).toBeCloseTo(1 - auroc(scores, labels), 12);
    }),
  );
});

test("refuses one class, unequal lengths and NaN", () => {
  expect(() => auroc([1, 2], [1, 1])).toThrow(expect.objectContaining({ code: "metrics/one-class" }));
  expect(() => auroc([1, 2], [1])).toThrow(expect.objectContaining({ code: "metrics/length" }));
  expect(() => auroc([1, NaN], [0, 1])).toThrow(
    expect.objectContaining({ code: "metrics/not-a-number", at: "entry 1" }),
  );
});
