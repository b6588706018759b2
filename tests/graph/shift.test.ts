import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/public.ts";
import { finish } from "../../src/passes/optimise.ts";
import { runGraph } from "../fixtures/run-graph.ts";
import { scansBelow } from "./inspect.ts";

test("the type stays", () => {
  const x = g.input("x", ["T", "B", 3]);
  expect(g.shift(x).toString()).toBe("float32[T, B, 3]");
  expect(g.shift(g.input("tokens", ["B", "S"], "int64"), -1, { axis: 1, fill: 9 }).toString()).toBe(
    "int64[B, S]",
  );
  expect(g.shift(x, 0)).toBe(x);
  expect(g.add(x, g.shift(x, 2)).toString()).toBe("float32[T, B, 3]");
});

describe("what stood at a step stands at another", () => {
  const cases: readonly (readonly [number, number | undefined, readonly number[]])[] = [
    [1, undefined, [0, 1, 2, 3]],
    [1, 9, [9, 1, 2, 3]],
    [-1, 9, [2, 3, 4, 9]],
    [3, 9, [9, 9, 9, 1]],
    [4, 9, [9, 9, 9, 9]],
    [6, 9, [9, 9, 9, 9]],
    [-6, 9, [9, 9, 9, 9]],
  ];
  test.each(cases)("by %i with %s in front", async (by, fill, expected) => {
    const { moved } = await runGraph({ x: { shape: [4], data: [1, 2, 3, 4] } }, ({ x }) => ({
      moved: g.shift(x as g.Tensor, by, fill === undefined ? {} : { fill }),
    }));
    expect([...(moved as Float64Array)]).toEqual(expected);
  });
});

test("a loop that is fed what came before holds no more than without it", () => {
  const [x, w, u] = [g.input("x", ["T", "B", 3]), g.input("w", [3, 4]), g.input("u", [4, 4])];
  const { outputs } = g.scan({
    state: { h: g.input("h", ["B", 4]) },
    over: { past: g.shift(x, 1, { fill: g.input("first", ["B", 3]) }) },
    step: ({ h }, { past }) => {
      const next = g.tanh(g.add(g.matmul(past, w), g.matmul(h, u)));
      return { state: { h: next }, outputs: { next } };
    },
  });
  expect(scansBelow(finish([outputs.next])[0] as g.Tensor)).toEqual([["gemm", "tanh"]]);
});
