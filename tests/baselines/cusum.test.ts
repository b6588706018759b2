import { expect, test } from "vitest";
import { cusumChanges } from "../../src/baselines/cusum.ts";

const level = (count: number, value: number) => new Array<number>(count).fill(value);
const options = { drift: 0.5, threshold: 4 };

test("changes of level are found where they are, up and down, and a drift that is allowed is none", () => {
  const values = Float64Array.from([...level(20, 0), ...level(20, 3), ...level(20, -1)]);
  expect(cusumChanges(values, options)).toEqual([20, 40]);
  expect(cusumChanges(Float64Array.from(level(50, 0.4)), options)).toEqual([]);
  expect(cusumChanges(Float64Array.from([...level(20, 0), ...level(200, 0.5)]), options)).toEqual([]);
  expect(cusumChanges(new Float64Array(), options)).toEqual([]);
});
