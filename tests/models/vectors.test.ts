import { expect, test } from "vitest";
import { addAt, at, matrixRow, sum } from "../../src/models/hmm/vectors.ts";

test("an entry that is not there is an error, not NaN", () => {
  const values = Float64Array.of(1, 2, 3);
  expect(at(values, 2)).toBe(3);
  for (const i of [3, -1, 0.5]) expect(() => at(values, i)).toThrow(RangeError);
  expect(() => addAt(values, 3, 1)).toThrow(RangeError);
});

test("what is added to a row is added to the matrix", () => {
  const matrix = Float64Array.of(1, 2, 3, 4, 5, 6);
  const row = matrixRow(matrix, 1, 3);
  addAt(row, 2, 10);
  expect([...matrix]).toEqual([1, 2, 3, 4, 5, 16]);
  expect(sum(row)).toBe(25);
});
