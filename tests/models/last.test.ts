import { expect, test } from "vitest";
import { greater, input, type Tensor } from "../../src/graph/index.ts";
import { lastShapes, recalled, seenLast } from "../../src/models/last.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type Values } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";

async function computed(
  outputs: Readonly<Record<string, Tensor>>,
  given: Readonly<Record<string, number[]>>,
) {
  const executable = await nodeRuntime().compile(compile(outputs));
  const inputs: Values = Object.fromEntries(
    Object.entries(given).map(([name, values]) => [
      name,
      float32([1, values.length], Float32Array.from(values)),
    ]),
  );
  const results = await executable.run(inputs);
  await executable.dispose();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...data].map(Number)]));
}

const D = 3;
const each = (name: string) => input(name, [1, D]);
const unitsOf = (name: string) => ({
  shift: each(`${name}.shift`),
  scale: each(`${name}.scale`),
  cell: each(`${name}.cell`),
});

test("what was seen last is recalled in the units of the step that recalls it", async () => {
  const state = Object.fromEntries(Object.keys(lastShapes(D, true)).map((part) => [part, each(part)]));
  const present = greater(each("mask"), 0);
  const after = seenLast(state, { value: each("x"), units: unitsOf("then") }, present);
  const given = {
    x: [1.5, -2, 9],
    mask: [1, 1, 0],
    "then.shift": [10, 1e6, 5],
    "then.scale": [2, 4, 3],
    "now.shift": [13, 1e6, 5],
    "now.scale": [0.5, 4, 3],
    last: [7, 7, 0.25],
    "last.shift": [1, 1, 2],
    "last.scale": [1, 1, 8],
  };
  const { now } = await computed({ now: recalled(after, unitsOf("now"))! }, given);
  const seen = [1.5 * 2 + 10, -2 * 4 + 1e6, 0.25 * 8 + 2]; // in the units of the data; the third one earlier
  now!.forEach((value, d) => {
    expect(value).toBeCloseTo((seen[d]! - given["now.shift"][d]!) / given["now.scale"][d]!, 5);
  });
  expect(now![1]).toBe(-2); // the same units as then: not a digit is lost
});

test("before anything was seen it is the average, whatever the units", async () => {
  const state = Object.fromEntries(Object.keys(lastShapes(D, true)).map((part) => [part, each(part)]));
  const zeros = [0, 0, 0];
  const { now } = await computed(
    { now: recalled(state, unitsOf("now"))! },
    {
      last: zeros,
      "last.shift": zeros,
      "last.scale": zeros,
      "now.shift": [5, -3, 1e6],
      "now.scale": [1, 2, 3],
    },
  );
  expect(now).toEqual([0, 0, 0]);
});

test("without units of their own nothing is kept but the values", () => {
  const last = each("last");
  expect(lastShapes(D, false)).toEqual({ last: [D] });
  expect(recalled({ last })).toBe(last);
  expect(seenLast({ last }, { value: each("x"), units: undefined })).toEqual({ last: expect.anything() });
  expect(recalled({})).toBeUndefined();
  expect(seenLast({}, { value: last, units: undefined })).toEqual({});
});
