/** What graphs take at once, counted by hand. */
import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { peakBytes, tensorBytes } from "../../src/passes/liveness.ts";

const sizes = { T: 10, B: 4, W: 100 };
const x = g.input("x", ["T", "W"]);
/** The bytes of one tensor like x. */
const one = 4 * 10 * 100;

describe("the most that values take at once", () => {
  test.each([
    ["what is fed takes nothing", [x], 0],
    ["a result", [g.matmul(x, x, { transposeB: true })], 4 * 10 * 10],
    ["arithmetic goes into the place of what it uses last", [g.exp(g.neg(g.mul(x, 2)))], one],
    ["what is used again keeps its place", [((y) => g.mul(g.exp(y), y))(g.mul(x, 2))], 2 * one],
    ["other shapes are no copies", [g.sin(g.reshape(g.mul(x, 2), ["T*W"]))], 2 * one],
    ["both results stay", [g.mul(x, 2), g.mul(x, 3)], 2 * one],
    ["what a sum adds up goes with it", [g.sum(g.mul(x, 2))], one + 4],
  ])("%s", (_, outputs, bytes) => {
    expect(peakBytes(outputs, sizes)).toBe(bytes);
  });

  test("what stands last is computed first", () => {
    const [small, large] = [g.sum(g.softmax(x), [1]), g.mul(x, 2)];
    const sums = 4 * 10;
    expect(peakBytes([large, small], sizes)).toBe(sums + one); // the softmax is gone before the product comes
    expect(peakBytes([small, large], sizes)).toBe(sums + 2 * one); // the product stands beside the softmax
  });

  test("a loop takes its stacks, its state twice, and the values of one step", () => {
    const { state, outputs } = g.scan({
      state: { h: g.input("h", ["B", 100]) },
      over: { y: g.input("y", ["T", "B", 100]) },
      step: ({ h }, { y }) => {
        const next = g.softmax(g.matmul(g.sin(h), g.input("w", [100, 100])));
        return { state: { h: g.add(next, y) }, outputs: { next } };
      },
    });
    const row = 4 * 4 * 100;
    // The stack and the last state; the state before; sin(h) and its product (softmax is written to the stack).
    expect(peakBytes([state.h, outputs.next], sizes)).toBe(10 * row + row + row + 2 * row);
  });
});

test.each([
  ["B*T", 4 * 10],
  ["32*B*T", 32 * 4 * 10],
  ["(T+1)", 11],
  ["((T+1)-3)", 8],
  ["2*(B*T+1)", 2 * 41],
  [7, 7],
] as const)("an axis %s", (dim, size) => {
  expect(tensorBytes({ dtype: "bool", shape: [dim] }, sizes)).toBe(size);
});

test("a name that has no size is told", () => {
  expect(() => tensorBytes({ dtype: "float32", shape: ["S", 2] }, sizes)).toThrow(/how large S is/);
});
