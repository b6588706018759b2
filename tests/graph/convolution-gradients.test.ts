/** Gradients of convolutions of pictures in each of the ways in which they are written, against sums written out. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { lower } from "../../src/onnx/lower.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32 } from "../../src/runtime/runtime.ts";
import { someNumbers } from "../finite-differences.ts";
import { readNodes } from "../onnx/read-model.ts";
import * as g from "./ops.ts";

type Pair = readonly [number, number];

interface Case {
  /** Channels of the pictures and of what is made of them. */
  readonly channels: Pair;
  readonly picture: Pair;
  readonly kernel: Pair;
  readonly strides?: Pair;
  readonly padding?: Pair;
  readonly dilations?: Pair;
  /** The operator that spreads a cotangent over the pictures. */
  readonly spread: "Conv" | "ConvTranspose";
  /** The operator that adds up the gradient of the kernel: one for each entry, or one for all. */
  readonly kernelBy: "MatMul" | "Conv";
}

const cases: Readonly<Record<string, Case>> = {
  "the usual": {
    channels: [3, 4],
    picture: [12, 11],
    kernel: [3, 3],
    padding: [1, 1],
    spread: "Conv",
    kernelBy: "MatMul",
  },
  "no padding, odd sizes": {
    channels: [2, 3],
    picture: [13, 11],
    kernel: [2, 3],
    spread: "Conv",
    kernelBy: "MatMul",
  },
  "one entry": { channels: [3, 5], picture: [11, 10], kernel: [1, 1], spread: "Conv", kernelBy: "MatMul" },
  "the largest kernel by slices": {
    channels: [2, 3],
    picture: [13, 12],
    kernel: [5, 5],
    padding: [2, 2],
    spread: "Conv",
    kernelBy: "MatMul",
  },
  "a large kernel": {
    channels: [2, 3],
    picture: [13, 12],
    kernel: [6, 5],
    padding: [3, 2],
    dilations: [1, 2],
    spread: "Conv",
    kernelBy: "Conv",
  },
  dilations: {
    channels: [2, 2],
    picture: [15, 14],
    kernel: [3, 2],
    padding: [2, 0],
    dilations: [2, 3],
    spread: "Conv",
    kernelBy: "MatMul",
  },
  "more padding than the kernel reaches": {
    channels: [2, 3],
    picture: [11, 11],
    kernel: [2, 2],
    padding: [2, 1],
    spread: "ConvTranspose",
    kernelBy: "MatMul",
  },
  "small pictures": {
    channels: [3, 4],
    picture: [6, 5],
    kernel: [3, 3],
    padding: [1, 1],
    spread: "ConvTranspose",
    kernelBy: "MatMul",
  },
  "many more channels": {
    channels: [1, 5],
    picture: [12, 11],
    kernel: [3, 3],
    padding: [1, 1],
    spread: "ConvTranspose",
    kernelBy: "MatMul",
  },
  strides: {
    channels: [3, 4],
    picture: [23, 22],
    kernel: [4, 3],
    strides: [2, 3],
    padding: [1, 1],
    spread: "ConvTranspose",
    kernelBy: "Conv",
  },
};

const pictures = 2;

/** Calls back with each entry of x, of the kernel and of the result that are multiplied and added up. */
function eachTerm(
  { channels: [from, to], picture, kernel, strides = [1, 1], padding = [0, 0], dilations = [1, 1] }: Case,
  size: Pair,
  term: (x: number, w: number, y: number) => void,
): void {
  const place = (axis: 0 | 1, at: number, entry: number): number =>
    at * strides[axis] + entry * dilations[axis] - padding[axis];
  for (let n = 0; n < pictures; n++)
    for (let m = 0; m < to; m++)
      for (let row = 0; row < size[0]; row++)
        for (let column = 0; column < size[1]; column++)
          for (let c = 0; c < from; c++)
            for (let i = 0; i < kernel[0]; i++)
              for (let j = 0; j < kernel[1]; j++) {
                const [r, s] = [place(0, row, i), place(1, column, j)];
                if (r < 0 || s < 0 || r >= picture[0] || s >= picture[1]) continue;
                term(
                  ((n * from + c) * picture[0] + r) * picture[1] + s,
                  ((m * from + c) * kernel[0] + i) * kernel[1] + j,
                  ((n * to + m) * size[0] + row) * size[1] + column,
                );
              }
}

const numbers = (shape: readonly number[], seed: number): Float32Array =>
  Float32Array.from(
    someNumbers(
      shape.reduce((all, size) => all * size),
      seed,
    ),
  );

describe.each(Object.entries(cases))("%s", (_, each) => {
  const { channels, picture, kernel, strides, padding, dilations, spread, kernelBy } = each;
  const shapes = { x: [pictures, channels[0], ...picture], w: [channels[1], channels[0], ...kernel] };
  const [x, w] = [g.input("x", ["N", ...shapes.x.slice(1)]), g.input("w", shapes.w)];
  const options = {
    ...(strides && { strides }),
    ...(padding && { padding }),
    ...(dilations && { dilations }),
  };
  const y = g.convolution(x, w, options);
  const cotangent = g.input("g", y.shape);
  const [dx, dw] = gradients(g.sum(g.mul(y, cotangent)), [x, w]) as [g.Tensor, g.Tensor];
  const size = y.shape.slice(2).map(Number) as unknown as Pair;

  test(`the gradient of the pictures is written as ${spread}`, () => {
    expect(readNodes(lower({ dx })).map(({ op }) => op)).toContain(spread);
  });

  test(`the gradient of the kernel is written as ${kernelBy}`, () => {
    const written = readNodes(lower({ dw })).map(({ op }) => op);
    expect(written.filter((op) => ["MatMul", "Conv"].includes(op))).toEqual(
      kernelBy === "Conv" ? ["Conv"] : Array.from({ length: kernel[0] * kernel[1] }, () => "MatMul"),
    );
  });

  test("values and gradients are the sums of their definition", async () => {
    const data = {
      x: numbers(shapes.x, 1),
      w: numbers(shapes.w, 2),
      g: numbers([pictures, channels[1], ...size], 3),
    };
    const expected = { y: data.g.map(() => 0), dx: data.x.map(() => 0), dw: data.w.map(() => 0) };
    eachTerm(each, size, (atX, atW, atY) => {
      expected.y[atY]! += (data.x[atX] as number) * (data.w[atW] as number);
      expected.dx[atX]! += (data.g[atY] as number) * (data.w[atW] as number);
      expected.dw[atW]! += (data.g[atY] as number) * (data.x[atX] as number);
    });
    const executable = await nodeRuntime().compile(lower({ y, dx, dw }));
    const found = await executable.run({
      x: float32(shapes.x, data.x),
      w: float32(shapes.w, data.w),
      g: float32([pictures, channels[1], ...size], data.g),
    });
    await executable.dispose();
    for (const [name, values] of Object.entries(expected)) {
      expect(found[name]?.data).toHaveLength(values.length);
      values.forEach((value, i) => {
        expect(Math.abs(Number(found[name]?.data[i]) - value)).toBeLessThan(1e-4);
      });
    }
  });
});
