import { expect, test } from "vitest";
import { bestErrors, displacementErrors, meanErrors } from "../../src/metrics/displacement.ts";

const truth = Float64Array.of(1, 0, 2, 0, 3, 0);

test("the errors of a path are the mean of its distances, and the last one", () => {
  const path = Float64Array.of(1, 3, 2 + 4, 3, 3, -1); // 3, 5 and 1 away
  expect(displacementErrors(path, truth)).toEqual({ average: 3, final: 1 });
});

test("of several paths the least of each error counts, whichever path has it", () => {
  const steady = Float64Array.of(1, 1, 2, 1, 3, 1); // 1 away throughout
  const homing = Float64Array.of(1, 6, 2, 6, 3, 0); // 6, 6, 0
  expect(bestErrors([steady, homing], truth)).toEqual({ average: 1, final: 0 });
  expect(bestErrors([steady], truth)).toEqual(displacementErrors(steady, truth));
});

test("means are over paths, each error by itself", () => {
  const all = [
    { average: 1, final: 4 },
    { average: 3, final: 0 },
  ];
  expect(meanErrors(all)).toEqual({ average: 2, final: 2 });
});
