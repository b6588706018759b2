import fc from "fast-check";
import { expect, test } from "vitest";
import { classSummary, majoritySummary } from "../../src/metrics/classes.ts";

fc.configureGlobal({ seed: 1 });

const probabilities = fc
  .array(fc.integer({ min: 1, max: 99 }), { minLength: 3, maxLength: 3 })
  .map((weights) => {
    const total = weights.reduce((all, weight) => all + weight, 0);
    return weights.map((weight) => Math.log(weight / total));
  });
const told = fc.array(fc.record({ label: fc.integer({ min: 0, max: 2 }), logProb: probabilities }), {
  minLength: 1,
});

test("accuracy, log-loss and confusion are what counting by hand gives", () => {
  fc.assert(
    fc.property(told, (rows) => {
      const { labelled, accuracy, logLoss, confusion } = classSummary(rows, 3)!;
      const places = rows.map(({ logProb }) => logProb.indexOf(Math.max(...logProb)));
      expect(labelled).toBe(rows.length);
      expect(accuracy).toBe(rows.filter(({ label }, i) => places[i] === label).length / rows.length);
      const nats = rows.map(({ label, logProb }) => -logProb[label]!);
      expect(logLoss).toBeCloseTo(nats.reduce((all, each) => all + each, 0) / rows.length, 10);
      for (const [label, row] of confusion.entries())
        for (const [place, count] of row.entries())
          expect(count).toBe(rows.filter((one, i) => one.label === label && places[i] === place).length);
    }),
  );
});

test("the most frequent label is right as often as it occurs, and costs the cross-entropy of the shares", () => {
  const { accuracy, logLoss } = majoritySummary([0, 0, 1, 0], [0.75, 0.25])!;
  expect(accuracy).toBe(0.75);
  expect(logLoss).toBeCloseTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), 12);
});

test("what is not a number is refused and counts as no label; a probability of 0 is one", () => {
  const fine = { label: 0, logProb: [0, Number.NEGATIVE_INFINITY] };
  expect(classSummary([fine, { label: 1, logProb: fine.logProb }], 2)!.logLoss).toBe(
    Number.POSITIVE_INFINITY,
  );
  const spoilt = { label: 0, logProb: [Number.NaN, 0] };
  expect(() => classSummary([fine, spoilt], 2)).toThrow(
    expect.objectContaining({ code: "metrics/not-a-number", message: expect.stringContaining("label 1") }),
  );
});

test("of nothing nothing is told", () => {
  expect(classSummary([], 2)).toBeUndefined();
  expect(majoritySummary([], [0.5, 0.5])).toBeUndefined();
});
