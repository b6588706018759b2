import { expect, test } from "vitest";
import { alarmWords } from "../../src/words/figures.ts";

test("the unit of a rate of alarms is told", () => {
  expect(alarmWords({ perHour: 1, per1000Steps: 1 / 18 }, true)).toBe(
    "1 false alarm an hour (0.056 in 1,000 steps)",
  );
  expect(alarmWords({ perHour: 1, per1000Steps: 1 / 3.6 }, false)).toBe("0.28 false alarms in 1,000 steps");
});
