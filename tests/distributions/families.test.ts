import { expect, test } from "vitest";
import type { Column, ColumnKind } from "../../src/data/dataset.ts";
import { emissionOf } from "../../src/distributions/mixed.ts";

test("an unknown output distribution is an error that suggests the right one, whatever objects inherit", () => {
  expect(() => emissionOf([], ["mixtur"])).toThrow(
    /no output distribution is called mixtur.*did you mean mixture\?/,
  );
  expect(() => emissionOf([], ["constructor"])).toThrow(/no output distribution is called constructor/);
});

const column = (name: string, kind: ColumnKind): Column => ({
  name,
  kind,
  levels: [],
  resolution: 0,
  mean: 1,
  standardDeviation: 1,
  minimum: 0,
  maximum: 3,
  missing: 0,
  shares: [],
});

const columns = [column("load", "real"), column("errors", "count"), column("heat", "real")];

test("a column gets the family asked for it, the others that of their kind", () => {
  const widths = (...asked: string[]) => emissionOf(columns, asked).width;
  expect(widths()).toBe(2 + 1 + 2);
  expect(widths("mixture")).toBe(9 + 1 + 9);
  expect(widths("mixture", "load=student-t", "negative-binomial")).toBe(3 + 2 + 9);
});

test.each([
  ["load=poisson", /poisson is for count columns, and "load" is real \(.*--kind load=count/],
  ["beta", /beta is for proportion columns, and there are none/],
  ["lod=laplace", /there is no column "lod".*did you mean "load"\?/],
  ["load=laplac", /no output distribution is called laplac.*did you mean laplace\?/],
])("%s is an error that says what to do", (asked, message) => {
  expect(() => emissionOf(columns, [asked])).toThrow(message);
});

test("a bivariate distribution takes columns two by two", () => {
  expect(emissionOf(columns, ["bivariate"]).normals).toBe(2);
  expect(() => emissionOf([...columns, column("wind", "real")], ["bivariate"])).toThrow(
    /two by two, and there are 3: "load", "heat", "wind" \(.*"wind=mixture"/,
  );
});
