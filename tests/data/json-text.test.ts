import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonFault, parseJson } from "../../src/data/tables/json-text.ts";

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("jsonFault", () => {
  test("calls valid what JSON.parse accepts, and nothing else", () => {
    const broken = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom("", ",", "}", "]", '"', ":", "x", "1", "\\", "\t"),
    );
    fc.assert(
      fc.property(broken, ([json, at, put]) => {
        const place = at % (json.length + 1);
        const text = json.slice(0, place) + put + json.slice(place + 1);
        expect(jsonFault(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 500 },
    );
  });

  test("finds the end of a text that was cut off", () => {
    expect(jsonFault('{"a": [1, 2')).toBe(11);
    expect(jsonFault("")).toBe(0);
  });

  test.each([
    ['{"a": [1, }', 10],
    ['{"a" 1}', 5],
    ["[1 2]", 3],
    ["[1,]", 3],
    ["{,}", 1],
    ['{"a": 1} x', 9],
    ["[NaN]", 1],
    ['["\t"]', 1],
    ["[01]", 2],
  ])("%s stops being JSON at %i", (text, offset) => {
    expect(jsonFault(text)).toBe(offset);
  });
});

describe("parseJson", () => {
  test("reports line and column", () => {
    expect(() => parseJson('{\n  "a": 1,\n  "b": oops\n}', "x.json")).toThrow(
      'x.json:3:8: invalid JSON: unexpected "oops" (mend the file, or write it anew)',
    );
    expect(() => parseJson('{"a": 1', "x.jsonl", 7)).toThrow(
      "x.jsonl:7:8: invalid JSON: the text ends too early",
    );
  });

  test("knows the constants that Python writes", () => {
    expect(() => parseJson('{"a": NaN}', "x.json")).toThrow(
      'x.json:1:7: invalid JSON: unexpected "NaN" (write null for a missing value)',
    );
  });
});

test("a text of ten million characters is one token", () => {
  const long = "a\\n".repeat(3_400_000);
  expect(jsonFault(`{"a": "${long}"}`)).toBe(undefined);
  expect(jsonFault(`{"a": "${long}}`)).toBe(6);
});
