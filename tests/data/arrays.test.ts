import { expect, test } from "vitest";
import { datasetFromArrays, type VrnnError } from "../../src/index.ts";

const steps = (length: number, of: (t: number) => number) => Array.from({ length }, (_, t) => of(t));

test("a sequence of arrays is cut by time, and its kinds are inferred", () => {
  const load = Float64Array.from(steps(20, (t) => t * 1.5));
  const state = steps(20, (t) => t % 3).map((level) => ["idle", "busy", "down"][level]!);
  const { columns, splits } = datasetFromArrays({ load, state });
  expect(columns.map(({ name, kind }) => [name, kind])).toEqual([
    ["load", "real"],
    ["state", "categorical"],
  ]);
  expect(columns[1]!.levels).toEqual(["busy", "down", "idle"]);
  expect([splits.train, splits.valid, splits.test].map(([part]) => part!.length)).toEqual([14, 3, 3]);
  expect([...splits.train[0]!.values.subarray(0, 6)]).toEqual([0, 2, 1.5, 0, 3, 1]);
});

test("several sequences are dealt out whole, with what is missing and what is known beside them", () => {
  const sequences = steps(20, (i) => i).map((i) => ({
    x: steps(4, (t) => (t === 1 ? Number.NaN : 10 * i + t)),
    site: steps(4, () => i),
  }));
  const { columns, conditions, splits } = datasetFromArrays(sequences, { statics: ["site"] });
  expect(columns.map(({ name }) => name)).toEqual(["x"]);
  expect(conditions!.map(({ name, role }) => [name, role])).toEqual([["site", "static"]]);
  expect(splits.train.map(({ name }) => name)).toEqual(steps(14, (i) => i + 1).map((i) => `sequence ${i}`));
  expect([...splits.train[2]!.values]).toEqual([20, Number.NaN, 22, 23]);
  expect([...splits.train[2]!.conditions!]).toEqual([2, 2, 2, 2]);
});

test("words that mean missing are missing", () => {
  const x = ["1.5", "NA", "2.5", "-1", "3.5", "4.5", "5.5"];
  const { splits } = datasetFromArrays({ x }, { missing: ["-1"], split: [1, 0, 0] });
  expect([...splits.train[0]!.values]).toEqual([1.5, Number.NaN, 2.5, Number.NaN, 3.5, 4.5, 5.5]);
});

test.each<[string, Parameters<typeof datasetFromArrays>[0], string, RegExp]>([
  ["no sequence", [], "data/empty", /the arrays: there is no sequence/],
  ["no step", [{ x: [1, 2] }, { x: [] }], "data/empty", /sequence 2: the sequence has no steps/],
  ["no column", {}, "data/empty", /sequence 1: the sequence has no steps/],
  ["columns of two lengths", { x: [1, 2, 3], y: [1, 2] }, "data/length", /column "y": there are 2 values/],
  ["an infinite value", { x: [1, 2, -Infinity] }, "data/not-finite", /sequence 1, step 3, column "x"/],
  ["other columns", [{ x: [1, 2] }, { y: [1, 2] }], "data/schema", /there is no column "x"/],
])("%s is refused with its place", (_, given, code, message) => {
  expect(() => datasetFromArrays(given)).toThrow(message);
  expect(() => datasetFromArrays(given)).toThrow(expect.objectContaining({ code }) as VrnnError);
});
