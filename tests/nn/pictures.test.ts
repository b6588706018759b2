/** Layers for pictures, against their definitions entry by entry. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as g from "../../src/graph/index.ts";
import { Conv2d, ConvTranspose2d } from "../../src/nn/convolution.ts";
import { GroupNorm } from "../../src/nn/group-norm.ts";
import { type Net, plainNet } from "../../src/nn/net.ts";
import { type Parameter, sizeOf } from "../../src/nn/parameters.ts";
import { weightsByName } from "../../src/nn/weights.ts";
import { lower } from "../../src/onnx/lower.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue } from "../../src/runtime/runtime.ts";
import { someNumbers } from "../finite-differences.ts";

const numbers = (shape: readonly number[], seed: number): Float32Array =>
  Float32Array.from(
    someNumbers(
      shape.reduce((all, size) => all * size, 1),
      seed,
    ),
  );

interface Layer {
  readonly parameters: readonly Parameter[];
  apply(net: Net, x: g.Tensor): g.Tensor;
}

/** What a layer makes of some pictures; with the gradient of Σ y² / 2 with respect to them. */
async function applied(layer: Layer, shape: readonly number[], x: Float32Array, parameters: Float32Array[]) {
  const symbols = layer.parameters.map((each) => g.input(each.name, each.shape));
  const pictures = g.input("pictures", ["T", "B", ...shape.slice(2)]);
  const y = layer.apply(plainNet(weightsByName(layer.parameters, symbols)), pictures);
  const [dx] = gradients(g.mul(g.sum(g.square(y)), 0.5), [pictures]) as [g.Tensor];
  const executable = await nodeRuntime().compile(lower({ y, dx }));
  const given = layer.parameters.map((each, i) => [
    each.name,
    float32(each.shape, parameters[i] as Float32Array),
  ]);
  const results = await executable.run({ ...Object.fromEntries(given), pictures: float32(shape, x) });
  await executable.dispose();
  return { y: results["y"] as TensorValue<"float32">, dx: results["dx"] as TensorValue<"float32"> };
}

const own = (layer: Layer): Float32Array[] =>
  layer.parameters.map((parameter, i) => numbers([sizeOf(parameter)], i + 10));

/** Σ y∘t for the layer's result of other pictures: of a linear layer, the derivative of Σ y² / 2 along them at t = y. */
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((all, value, i) => all + value * Number(b[i]), 0);

describe("a convolution", () => {
  const layer = new Conv2d("c", 2, 3, { kernel: 3, stride: 2, padding: 1 });
  const shape = [2, 1, 2, 5, 4];
  const x = numbers(shape, 1);

  test("has a kernel and a bias for each output", () => {
    expect(layer.parameters.map(({ name, shape: sizes }) => [name, sizes])).toEqual([
      ["c.weight", [3, 2, 3, 3]],
      ["c.bias", [3]],
    ]);
  });

  test("is its definition, over any leading axes", async () => {
    const [kernel, bias] = own(layer) as [Float32Array, Float32Array];
    const { y } = await applied(layer, shape, x, [kernel, bias]);
    expect(y.shape).toEqual([2, 1, 3, 3, 2]);
    const at = (n: number, c: number, i: number, j: number) =>
      i < 0 || j < 0 || i >= 5 || j >= 4 ? 0 : (x[((n * 2 + c) * 5 + i) * 4 + j] as number);
    y.data.forEach((found, place) => {
      const [n, m] = [Math.floor(place / 18), Math.floor(place / 6) % 3];
      const [row, column] = [Math.floor(place / 2) % 3, place % 2];
      let expected = bias[m] as number;
      for (let c = 0; c < 2; c++)
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++)
            expected +=
              (kernel[((m * 2 + c) * 3 + i) * 3 + j] as number) *
              at(n, c, 2 * row + i - 1, 2 * column + j - 1);
      expect(found).toBeCloseTo(expected, 5);
    });
  });
});

describe("a transposed convolution", () => {
  const options = { kernel: 4, stride: 2, padding: 1 };
  const up = new ConvTranspose2d("t", 3, 2, options);
  const down = new Conv2d("t", 2, 3, options);
  const [small, large] = [
    [1, 2, 3, 4, 4],
    [1, 2, 2, 8, 8],
  ] as const;

  test("undoes the sizes of a convolution of the same options, and is its adjoint", async () => {
    const kernel = numbers([3, 2, 4, 4], 3);
    const [x, y] = [numbers(small, 4), numbers(large, 5)];
    const raised = await applied(up, small, x, [kernel, new Float32Array(2)]);
    const lowered = await applied(down, large, y, [kernel, new Float32Array(3)]);
    expect(raised.y.shape).toEqual(large);
    expect(lowered.y.shape).toEqual(small);
    expect(dot(raised.y.data, y)).toBeCloseTo(dot(lowered.y.data, x), 3);
    // Of a linear map y, the derivative of Σ y² / 2 along x is Σ y².
    expect(dot(raised.dx.data, x)).toBeCloseTo(dot(raised.y.data, raised.y.data), 2);
  });

  test("its bias is per output channel, and padding of the output adds rows", async () => {
    const layer = new ConvTranspose2d("t", 1, 2, { kernel: 2, stride: 2, outputPadding: 1 });
    const shape = [1, 1, 1, 2, 2];
    const { y } = await applied(layer, shape, new Float32Array(4), [
      new Float32Array(8),
      Float32Array.of(1, 2),
    ]);
    expect(y.shape).toEqual([1, 1, 2, 5, 5]);
    expect([...y.data]).toEqual([...Array<number>(25).fill(1), ...Array<number>(25).fill(2)]);
  });
});

describe("group normalisation", () => {
  const layer = new GroupNorm("n", 4, 2);
  const shape = [2, 1, 4, 2, 3];

  test("gives each group mean 0 and variance 1, then gain and bias per channel", async () => {
    const x = numbers(shape, 6).map((value, i) => value * (1 + (i % 5)) + 10);
    const [gain, bias] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(0, 1, 2, 3)];
    const { y, dx } = await applied(layer, shape, x, [gain, bias]);
    for (let group = 0; group < 4; group++) {
      const values = x.subarray(group * 12, (group + 1) * 12);
      const mean = values.reduce((all, value) => all + value, 0) / 12;
      const variance = values.reduce((all, value) => all + (value - mean) ** 2, 0) / 12;
      values.forEach((value, i) => {
        const channel = 2 * (group % 2) + Math.floor(i / 6);
        const expected =
          ((value - mean) / Math.sqrt(variance + 1e-5)) * (gain[channel] as number) +
          (bias[channel] as number);
        expect(y.data[group * 12 + i]).toBeCloseTo(expected, 3);
      });
      // Adding a constant to a whole group changes nothing.
      expect(
        dx.data.subarray(group * 12, (group + 1) * 12).reduce((all, value) => all + value, 0),
      ).toBeCloseTo(0, 3);
    }
  });

  test("refuses groups that channels do not divide into", () => {
    expect(() => new GroupNorm("n", 4, 3)).toThrow(/n: 4 channels do not divide into 3 groups/);
  });
});
