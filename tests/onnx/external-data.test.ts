/** Models whose weights stand in other files. */
import { expect, test } from "vitest";
import { constant, input, matmul } from "../../src/graph/index.ts";
import { hasExternalData } from "../../src/onnx/external-data.ts";
import { lower } from "../../src/onnx/lower.ts";
import { BackwardWriter } from "../../src/onnx/wire.ts";

/** Bytes of a message by hand: `[field, content]`, a message for a list and a number for a number. */
type Content = number | readonly (readonly [field: number, content: Content])[];

function written(content: Exclude<Content, number>): Uint8Array {
  const writer = new BackwardWriter();
  const write = (fields: Exclude<Content, number>): void => {
    for (const [field, value] of [...fields].reverse()) {
      if (typeof value === "number") writer.varint(value);
      else writer.message(() => write(value));
      writer.tag(field, typeof value === "number" ? "number" : "delimited");
    }
  };
  write(content);
  return writer.finish();
}

const [INSIDE, OUTSIDE] = [[[14, 0]], [[14, 1]]] as const;

test.each([
  ["a weight", [[7, [[5, OUTSIDE]]]], true],
  ["a weight inside", [[7, [[5, INSIDE]]]], false],
  [
    "one of two weights",
    [
      [1, 10],
      [
        7,
        [
          [5, INSIDE],
          [5, OUTSIDE],
        ],
      ],
    ],
    true,
  ],
  ["a constant of a node", [[7, [[1, [[5, [[5, OUTSIDE]]]]]]]], true],
  ["a weight of a loop's body", [[7, [[1, [[5, [[6, [[5, OUTSIDE]]]]]]]]]], true],
  ["a constant of a function", [[25, [[7, [[5, [[5, OUTSIDE]]]]]]]], true],
  ["a sparse weight", [[7, [[15, [[1, OUTSIDE]]]]]], true],
  [
    "field 14 of what is no tensor",
    [
      [14, 1],
      [
        7,
        [
          [14, 1],
          [5, INSIDE],
        ],
      ],
    ],
    false,
  ],
] as const)("%s", (_, model, isExternal) => {
  expect(hasExternalData(written(model))).toBe(isExternal);
});

test("what this project writes has all inside", () => {
  const x = input("x", ["B", 300]);
  const weight = constant(new Array<number>(900).fill(0.5), [300, 3]);
  expect(hasExternalData(lower({ y: matmul(x, weight) }).model)).toBe(false);
});

test("bytes that are no model, or break off, have none and do no harm", () => {
  const whole = written([[7, [[5, OUTSIDE]]]]);
  for (let length = 0; length < whole.length; length++)
    expect(hasExternalData(whole.subarray(0, length))).toBe(false);
  expect(hasExternalData(new TextEncoder().encode("no model, but a text\n"))).toBe(false);
  expect(hasExternalData(new Uint8Array(1000).fill(255))).toBe(false);
});
