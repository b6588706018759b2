import { expect, test } from "vitest";
import { alarmWords } from "../../src/words/alarms.ts";
import { listed } from "../../src/words/figures.ts";

test("the unit of a rate of alarms is told", () => {
  expect(alarmWords({ perHour: 1, perThousandSteps: 1 / 18 }, true)).toBe(
    "1 false alarm an hour (0.056 in 1,000 steps)",
  );
  expect(alarmWords({ perHour: 1, perThousandSteps: 1 / 3.6 }, false)).toBe(
    "0.28 false alarms in 1,000 steps",
  );
});

test.each([
  [[], ""],
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
  [["a", "b", "c", "d", "e"], "a, b and 3 more"],
])("%j is listed", (names, text) => {
  expect(listed(names, 3)).toBe(text);
});
