/** The largest entries of an axis, and sequences backwards: at once and inside loops, where they leave them. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as g from "../../src/graph/public.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { TensorValue, Values } from "../../src/runtime/runtime.ts";
import { someNumbers } from "../finite-differences.ts";
import { scansBelow } from "./inspect.ts";

const value = (shape: readonly number[], data: ArrayLike<number>): TensorValue => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(data),
});
const whole = (shape: readonly number[], data: readonly number[]): TensorValue => ({
  dtype: "int64",
  shape,
  data: BigInt64Array.from(data, BigInt),
});

async function run(outputs: Readonly<Record<string, g.Tensor>>, feeds: Values) {
  const executable = await nodeRuntime().compile(lower(outputs));
  const results = await executable.run(feeds);
  await executable.dispose();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]),
  );
}

describe("the largest entries", () => {
  test("in falling order, the first of equals first", async () => {
    const { values, indices } = g.topK(g.input("x", ["B", 5], "float64"), 3);
    expect(`${values} ${indices}`).toBe("float64[B, 3] int64[B, 3]");
    const x = value([2, 5], [3, 9, -1, 9, 4, Number.NEGATIVE_INFINITY, 0, 0, -2, -1]);
    const found = await run({ values, indices }, { x });
    expect(found["values"]).toEqual([9, 9, 4, 0, 0, -1]);
    expect(found["indices"]).toEqual([1, 3, 4, 1, 2, 4]);
  });

  test("agree with a sorted list, along any axis", async () => {
    const x = someNumbers(4 * 7, 3);
    const { values } = g.topK(g.input("x", [7, 4], "float64"), 5, 0);
    const found = await run({ values }, { x: value([7, 4], x) });
    for (let column = 0; column < 4; column++) {
      const sorted = [...x].filter((_, i) => i % 4 === column).sort((a, b) => b - a);
      expect(found["values"]?.filter((_, i) => i % 4 === column)).toEqual(sorted.slice(0, 5));
    }
  });
});

/** Each row's first steps backwards, written as its definition. */
function reversed(
  x: ArrayLike<number>,
  shape: readonly [number, number, number],
  lengths: readonly number[],
) {
  const [time, batch, width] = shape;
  return Array.from({ length: time * batch * width }, (_, i) => {
    const [t, b, d] = [Math.floor(i / (batch * width)), Math.floor(i / width) % batch, i % width];
    const length = lengths[b] as number;
    return Number(x[((t < length ? length - 1 - t : t) * batch + b) * width + d]);
  });
}

describe("sequences backwards", () => {
  const lengths = [5, 0, 1, 3];
  const x = someNumbers(5 * 4 * 2, 2);

  test("within their lengths, which may be 0", async () => {
    const back = g.reverseWithin(g.input("x", ["T", "B", 2], "float64"), g.input("lengths", ["B"], "int64"));
    expect(back.toString()).toBe("float64[T, B, 2]");
    const feeds = { x: value([5, 4, 2], x), lengths: whole([4], lengths) };
    expect((await run({ back }, feeds))["back"]).toEqual(reversed(x, [5, 4, 2], lengths));
  });

  test("also of whole numbers", async () => {
    const tokens = g.input("tokens", ["T", "B"], "int64");
    const back = g.reverseWithin(tokens, g.input("lengths", ["B"], "int64"));
    const feeds = { tokens: whole([3, 2], [1, 2, 3, 4, 5, 6]), lengths: whole([2], [2, 3]) };
    expect((await run({ back }, feeds))["back"]).toEqual([3, 6, 1, 4, 5, 2]);
  });
});

test("both leave loops that they do not feed", async () => {
  const x = g.input("x", ["N", "T", "B", 2], "float64");
  const lengths = g.input("lengths", ["N", "B"], "int64");
  const same = g.input("same", ["B"], "int64");
  const { outputs } = g.scan({
    state: { count: g.constant([0], [], "float64") },
    over: { x, lengths },
    step: ({ count }, slices) => ({
      state: { count: g.add(count, 1) },
      outputs: {
        own: g.reverseWithin(slices.x, slices.lengths),
        all: g.reverseWithin(slices.x, same),
        best: g.topK(g.mul(slices.x, count), 1, 1).values,
      },
    }),
  });
  const feeds = {
    x: value([2, 3, 2, 2], someNumbers(24, 4)),
    lengths: whole([2, 2], [2, 3, 0, 2]),
    same: whole([2], [3, 2]),
  };
  const finished = finish(Object.values(outputs));
  expect(
    finished
      .flatMap(scansBelow)
      .flat()
      .filter((op) => op !== "add"),
  ).toEqual([]);
  const names = Object.keys(outputs);
  const lifted = Object.fromEntries(names.map((name, i) => [name, finished[i] as g.Tensor]));
  expect(await run(lifted, feeds)).toEqual(await run(outputs, feeds));
});

test("log(eᵃ + eᵇ) of impossible terms", async () => {
  const [a, b] = [g.input("a", [5], "float64"), g.input("b", [5], "float64")];
  const y = g.logAddExp(a, b);
  const [da, db] = gradients(g.sum(y), [a, b]) as [g.Tensor, g.Tensor];
  const { NEGATIVE_INFINITY: none } = Number;
  const feeds = { a: value([5], [none, none, 2, 1000, -1000]), b: value([5], [none, 3, none, 1000, -1000]) };
  const found = await run({ y, da, db }, feeds);
  expect(found["y"]).toEqual([none, 3, 2, 1000 + Math.log(2), -1000 + Math.log(2)]);
  expect(found["da"]).toEqual([0, 0, 1, 0.5, 0.5]);
  expect(found["db"]).toEqual([0, 1, 0, 0.5, 0.5]);
});
