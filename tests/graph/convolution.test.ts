import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish, optimise } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue } from "../../src/runtime/runtime.ts";
import { someNumbers } from "../finite-differences.ts";
import { scansBelow } from "./inspect.ts";
import * as g from "./ops.ts";

type Grid = { readonly shape: readonly number[]; readonly data: ArrayLike<number> };

/** Cross-correlation written as its definition, with one spatial axis. */
function correlate(x: Grid, w: Grid, { stride, padding, dilation }: Settings): number[] {
  const [n, c, length] = x.shape as [number, number, number];
  const [m, , size] = w.shape as [number, number, number];
  const out = Math.floor((length + 2 * padding - dilation * (size - 1) - 1) / stride) + 1;
  const result: number[] = [];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++)
      for (let p = 0; p < out; p++) {
        let total = 0;
        for (let k = 0; k < c; k++)
          for (let s = 0; s < size; s++) {
            const at = p * stride + s * dilation - padding;
            if (at >= 0 && at < length)
              total += Number(x.data[(i * c + k) * length + at]) * Number(w.data[(j * c + k) * size + s]);
          }
        result.push(total);
      }
  return result;
}

interface Settings {
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

const grid = (shape: number[], seed: number): Grid => ({
  shape,
  data: Float32Array.from(
    someNumbers(
      shape.reduce((a, b) => a * b),
      seed,
    ),
  ),
});
const value = ({ shape, data }: Grid): TensorValue => float32(shape, Float32Array.from(data));

const numbersOf = (value: TensorValue | undefined): readonly number[] =>
  Array.from(value?.data ?? [], Number);

/** The convolution is linear in each operand: its gradient is the adjoint, ⟨g, conv(dx, w)⟩ = ⟨dx, grad⟩. */
async function compare(
  settings: Settings,
  size: number,
): Promise<{ forward: number; adjointX: number; adjointW: number }> {
  const [x, w] = [grid([2, 3, 11], 1), grid([4, 3, size], 2)];
  const [sx, sw] = [g.input("x", ["N", 3, 11]), g.input("w", [4, 3, size])];
  const options = { strides: [settings.stride], padding: [settings.padding], dilations: [settings.dilation] };
  const y = g.convolution(sx, sw, options);
  const weights = g.input("g", y.shape);
  const [dx, dw] = gradients(g.sum(g.mul(y, weights)), [sx, sw]) as [g.Tensor, g.Tensor];
  const expected = correlate(x, w, settings);
  const cotangent = grid([2, 4, expected.length / 8], 3);
  const executable = await nodeRuntime().compile(lower({ y, dx, dw }));
  const results = await executable.run({ x: value(x), w: value(w), g: value(cotangent) });
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((all, v, i) => all + v * Number(b[i]), 0);
  const [tx, tw] = [grid([2, 3, 11], 4), grid([4, 3, size], 5)];
  const numbers = (name: string) => results[name]?.data as Float32Array;
  return {
    forward: Math.max(...expected.map((v, i) => Math.abs(v - Number(numbers("y")[i])))),
    adjointX: Math.abs(dot(correlate(tx, w, settings), cotangent.data) - dot(tx.data, numbers("dx"))),
    adjointW: Math.abs(dot(correlate(x, tw, settings), cotangent.data) - dot(tw.data, numbers("dw"))),
  };
}

describe("convolution and its gradients agree with the definition", () => {
  const cases: [Settings, number][] = [
    [{ stride: 1, padding: 0, dilation: 1 }, 3],
    [{ stride: 2, padding: 1, dilation: 1 }, 3],
    [{ stride: 3, padding: 2, dilation: 1 }, 4],
    [{ stride: 1, padding: 2, dilation: 2 }, 3],
    [{ stride: 2, padding: 1, dilation: 2 }, 2],
  ];
  test.each(cases)("%o with a kernel of %i", async (settings, size) => {
    const { forward, adjointX, adjointW } = await compare(settings, size);
    expect(forward).toBeLessThan(1e-5);
    expect(adjointX).toBeLessThan(1e-4);
    expect(adjointW).toBeLessThan(1e-4);
  });
});

test("the transposed convolution is the adjoint of the convolution, and so is its gradient", async () => {
  const [x, k, y] = [g.input("x", ["N", 4, 5]), g.input("k", [4, 3, 3]), g.input("y", ["N", 3, 11])];
  const options = { strides: [2], padding: [0] };
  const up = g.transposedConvolution(x, k, options);
  const down = g.convolution(y, k, options);
  const [dx, dk] = gradients(g.sum(g.mul(up, y)), [x, k]) as [g.Tensor, g.Tensor];
  const outputs = {
    left: g.sum(g.mul(up, y)),
    right: g.sum(g.mul(down, x)),
    dx,
    down,
    alongX: g.sum(g.mul(dx, x)),
    alongK: g.sum(g.mul(dk, k)),
  };
  const executable = await nodeRuntime().compile(lower(outputs));
  const results = await executable.run({
    x: value(grid([2, 4, 5], 1)),
    k: value(grid([4, 3, 3], 2)),
    y: value(grid([2, 3, 11], 3)),
  });
  const number = (name: string) => Number(results[name]?.data[0]);
  expect(number("left")).toBeCloseTo(number("right"), 4);
  // The product is linear in each operand, so that ⟨gradient, operand⟩ is the product itself.
  expect(number("alongX")).toBeCloseTo(number("left"), 4);
  expect(number("alongK")).toBeCloseTo(number("left"), 4);
});

describe("inside a loop", () => {
  const [frames, kernel, up] = [
    g.input("frames", ["T", "N", 2, 5, 5]),
    g.input("kernel", [3, 2, 3, 3]),
    g.input("up", [3, 1, 2, 2]),
  ];
  const settings = { strides: [2, 2], padding: [1, 1] };
  const build = () =>
    g.scan({
      state: { h: g.input("h", ["N", 3, 3, 3]) },
      over: { frames },
      step: ({ h }, { frames: now }) => {
        const seen = g.convolution(now, kernel, settings); // [N, 3, 3, 3]
        const next = g.tanh(g.add(seen, g.mul(h, 0.5))); // [N, 3, 3, 3]
        return { state: { h: next }, outputs: { shown: g.transposedConvolution(next, up) } };
      },
    }).outputs.shown;
  const feeds = {
    frames: value(grid([3, 2, 2, 5, 5], 1)),
    kernel: value(grid([3, 2, 3, 3], 2)),
    up: value(grid([3, 1, 2, 2], 3)),
    h: value(grid([2, 3, 3, 3], 4)),
  };
  const run = async (outputs: Readonly<Record<string, g.Tensor>>) => {
    const executable = await nodeRuntime().compile(lower(outputs));
    const results = await executable.run(feeds);
    await executable.dispose();
    return results;
  };

  test("a convolution leaves it on either side, time and batch one axis", async () => {
    const shown = build();
    const [finished] = finish([shown]) as [g.Tensor];
    expect(scansBelow(finished)).toEqual([["mul", "add", "tanh"]]);
    const [plain, fast] = [await run({ shown }), await run({ shown: finished })];
    expect(fast["shown"]?.shape).toEqual([3, 2, 1, 4, 4]);
    numbersOf(plain["shown"]).forEach((entry, i) => {
      expect(fast["shown"]?.data[i]).toBeCloseTo(entry, 5);
    });
  });

  test("gradients are the same before the passes and after", async () => {
    const wrt = [kernel, up, frames];
    const names = ["dKernel", "dUp", "dFrames"];
    const named = (tensors: readonly g.Tensor[]) =>
      Object.fromEntries(names.map((name, i) => [name, tensors[i] as g.Tensor]));
    const plain = gradients(g.sum(g.square(build())), wrt);
    const [shown, ...moved] = optimise([build(), ...wrt]) as [g.Tensor, ...g.Tensor[]];
    const fast = finish(gradients(g.sum(g.square(shown)), moved));
    expect(fast.flatMap(scansBelow).flat()).not.toContain("convolution");
    const [expected, found] = [await run(named(plain)), await run(named(fast))];
    for (const name of names)
      numbersOf(expected[name]).forEach((entry, i) => {
        expect(Math.abs(Number(found[name]?.data[i]) - entry)).toBeLessThan(1e-4);
      });
  });
});

test("erf and its slope, for which the runtime has no float64 kernel", async () => {
  const x = g.input("x", [5]);
  const [slope] = gradients(g.sum(g.erf(x)), [x]) as [g.Tensor];
  const executable = await nodeRuntime().compile(lower({ y: g.erf(x), slope }));
  const points = [-2, -0.5, 0, 0.7, 1.5];
  const results = await executable.run({ x: float32([5], Float32Array.from(points)) });
  // erf at these points to 7 digits, Abramowitz and Stegun, table 7.1
  const expected = [-0.9953223, -0.5204999, 0, 0.6778012, 0.9661051];
  points.forEach((point, i) => {
    expect(Number(results["y"]?.data[i])).toBeCloseTo(expected[i] as number, 6);
    expect(Number(results["slope"]?.data[i])).toBeCloseTo(
      (2 / Math.sqrt(Math.PI)) * Math.exp(-point * point),
      6,
    );
  });
});
