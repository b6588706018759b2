import { expect, test } from "vitest";
import { pooledNatsPerStep, summariseNats } from "../../src/metrics/nats.ts";

test("pools steps, and averages the totals of sequences", () => {
  const summary = summariseNats([Float64Array.of(-1, -2, -3), Float64Array.of(-4)]);
  expect(summary).toEqual({ natsPerStep: -2.5, meanOfSequences: -5, sequences: 2, steps: 4 });
  expect(pooledNatsPerStep([Float64Array.of(-1, -2, -3), new Float64Array(0), Float64Array.of(-4)])).toBe(
    -2.5,
  );
});

test("an impossible step makes the whole impossible", () => {
  expect(pooledNatsPerStep([Float64Array.of(-1, -Infinity)])).toBe(-Infinity);
});

test("refuses to average nothing, and names the step that is not a number", () => {
  expect(() => summariseNats([new Float64Array(0)])).toThrow(
    expect.objectContaining({ code: "metrics/no-steps" }),
  );
  expect(() => summariseNats([Float64Array.of(-1), Float64Array.of(-2, NaN)])).toThrow(
    expect.objectContaining({ code: "metrics/not-a-number", at: "sequence 1, step 1" }),
  );
});
