import { expect, test } from "vitest";
import { gradients } from "../src/autodiff/gradients.ts";
import * as g from "../src/graph/index.ts";
import { lower } from "../src/onnx/lower.ts";
import { finish } from "../src/passes/optimise.ts";
import { nodeRuntime } from "../src/runtime/node.ts";
import { float32 } from "../src/runtime/runtime.ts";

test("a loop is built, differentiated, optimised, lowered and run", async () => {
  // h₃ = w³·h₀ + (w² + w + 1)·x for a constant x, so that dh₃/dw = 3w²·h₀ + (2w + 1)·x.
  const [x, w, h0] = [g.input("x", ["T", "B", 1]), g.input("w", [1, 1]), g.input("h0", ["B", 1])];
  const { state } = g.scan({
    state: { h: h0 },
    over: { x },
    step: ({ h }, { x: now }) => ({ state: { h: g.add(g.matmul(h, w), now) }, outputs: {} }),
  });
  const last = g.sum(state.h);
  const [loss, slope] = finish([last, ...gradients(last, [w])]) as [g.Tensor, g.Tensor];
  const executable = await nodeRuntime().compile(lower({ loss, slope }));
  const one = (value: number, shape: number[]) => float32(shape, Float32Array.of(value));
  const results = await executable.run({
    x: float32([3, 1, 1], Float32Array.of(0.5, 0.5, 0.5)),
    w: one(2, [1, 1]),
    h0: one(1, [1, 1]),
  });
  expect(results["loss"]?.data[0]).toBeCloseTo(8 + 7 * 0.5, 5);
  expect(results["slope"]?.data[0]).toBeCloseTo(12 + 5 * 0.5, 5);
});
