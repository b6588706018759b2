import fc from "fast-check";
import { expect, test } from "vitest";
import { list, pairs } from "../../src/cli/parse.ts";

test("a list is cut at commas, and names with commas stand in quotes", () => {
  expect(list("a,b,")).toEqual(["a", "b"]);
  expect(list('"load, 1 min",c', ["x"])).toEqual(["x", "load, 1 min", "c"]);
  expect(() => list('"a')).toThrow("never closed");
});

test("any names come back from a list of quoted ones", () => {
  const name = fc.string({ minLength: 1 }).map((text) => `x${text.replace(/[\r\n]/g, " ")}x`);
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), (names) => {
      expect(list(names.map((each) => `"${each.replaceAll('"', '""')}"`).join(","))).toEqual(names);
    }),
  );
});

test("pairs keep any name but the one that no option can hold", () => {
  const read = pairs(Number);
  expect(Object.entries(read("constructor=2", read("toString=1")))).toEqual([
    ["toString", 1],
    ["constructor", 2],
  ]);
  expect(() => read("__proto__=1")).toThrow("rename it");
});
