import { expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";

test("a loop with all that it takes and gives", () => {
  const x = g.input("x", ["T", "B", 3]);
  const w = g.input("w", [3, 3]);
  const { state, outputs } = g.scan({
    state: { h: g.filledLike({ dtype: "float32", shape: ["B", 3] }, 0) },
    over: { x },
    reverse: true,
    step: ({ h }, { x: now }) => {
      const next = g.tanh(g.add(g.matmul(h, w, { transposeB: true }), now));
      const [left] = g.split(g.mul(next, 2), [1, 2]) as [g.Tensor];
      return { state: { h: next }, outputs: { left } };
    },
  });
  expect(g.printGraph([state.h, g.sum(outputs.left, [1])])).toBe(`%0: float32[B, 3] = expand(0) shape=[B, 3]
x: float32[T, B, 3] = input
w: float32[3, 3] = input
%1: float32[B, 3], %2: float32[T, B, 1] = scan backwards {
  carry %3: float32[B, 3] = %0
  slice %4: float32[B, 3] = x
  %5: float32[B, 3] = matmul(%3, w) transposeA=false transposeB=true
  %6: float32[B, 3] = add(%5, %4)
  %7: float32[B, 3] = tanh(%6)
  %8: float32[B, 3] = mul(%7, 2)
  %9: float32[B, 1], %10: float32[B, 2] = split(%8) axis=1 sizes=[1, 2]
  next %7
  collect %9
}
%11: float32[T, 1] = sum(%2) axes=[1] keepDims=false
return %1, %11
`);
});

test("a tensor with a name has it", () => {
  const table = g.named(g.exp(g.input("raw", [2])), "embedding.weight");
  expect(g.printGraph([g.neg(table)])).toBe(`raw: float32[2] = input
%0: float32[2] = exp(raw)
embedding.weight: float32[2] = named(%0)
%1: float32[2] = neg(embedding.weight)
return %1
`);
});

test("long constants are cut", () => {
  const many = g.constant([...Array(100).keys()], [100]);
  expect(g.printGraph([g.exp(many)])).toBe(`%0: float32[100] = constant [0, 1, 2, 3, 4, 5, 6, 7, ...]
%1: float32[100] = exp(%0)
return %1
`);
});
