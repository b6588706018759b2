import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStrictJson, quoteName } from "../../src/checkpoint/strict-json.ts";

test("reads what JSON.parse reads", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(parseStrictJson(text, 64)).toEqual(JSON.parse(text));
    }),
    { seed: 1 },
  );
});

test.each([
  ['{"a":1,"a":2}', 'the key "a" stands twice in one object'],
  ['{"a" : 1, "\\u0061"\n:2}', 'the key "a" stands twice in one object'],
  ['[{"x":0},{"b":[],"b":0}]', 'the key "b" stands twice in one object'],
  ["[[[[]]]]", "nested deeper than 3 levels"],
  ['{"a', "not valid JSON"],
  ['{"\\x":1}', "not valid JSON"],
  ["{]}", "not valid JSON"],
  ["", "not valid JSON"],
])("refuses %s", (text, message) => {
  expect(() => parseStrictJson(text, 3)).toThrow(new SyntaxError(message));
});

test("one key may stand in two objects, or be a value too", () => {
  expect(parseStrictJson('[{"a":"a"},{"a":["a","a"]}]', 3)).toEqual([{ a: "a" }, { a: ["a", "a"] }]);
});

test("a name in a message is one line of bounded length", () => {
  expect(quoteName("a\nb")).toBe('"a\\nb"');
  expect(quoteName("x".repeat(1000)).length).toBeLessThan(70);
});
