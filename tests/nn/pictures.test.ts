/** Layers for pictures, against their definitions entry by entry. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as g from "../../src/graph/index.ts";
import { Conv2d, ConvTranspose2d, JoinedConv2d } from "../../src/nn/convolution.ts";
import { ConvGru, ConvLstm } from "../../src/nn/convolutional-cells.ts";
import { GroupNorm } from "../../src/nn/group-norm.ts";
import { type Net, plainNet } from "../../src/nn/net.ts";
import { type Parameter, sizeOf } from "../../src/nn/parameters.ts";
import { PictureDecoder, PictureEncoder } from "../../src/nn/picture-stacks.ts";
import { ResidualConvolution } from "../../src/nn/residual-convolution.ts";
import { weightsByName } from "../../src/nn/weights.ts";
import { lower } from "../../src/onnx/lower.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue } from "../../src/runtime/runtime.ts";
import { someNumbers } from "../finite-differences.ts";
import { runGraph } from "../fixtures/run-graph.ts";

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

/** Numbers for all parameters of some layers, by their names. */
const numbersFor = (parameters: readonly Parameter[]) =>
  Object.fromEntries(
    parameters.map(({ name, shape }, i) => [name, { shape, data: [...numbers(shape, i + 30)] }]),
  );

/** What some layers make of tensors, in which their parameters are too. */
async function made(
  tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: number[] }>>,
  build: (net: Net, given: Readonly<Record<string, g.Tensor>>) => g.Tensor,
): Promise<ArrayLike<number> & Iterable<number>> {
  const ofGraph = (given: Record<string, g.Tensor>) => ({
    y: build(
      plainNet((name) => given[name] as g.Tensor),
      given,
    ),
  });
  const { y } = await runGraph(tensors, ofGraph, "float32");
  return Float64Array.from(y as ArrayLike<number>);
}

/** A picture's entry, 0 beyond its edges. @param x `[C, H, W]` */
const entry = (x: ArrayLike<number>, [h, w]: readonly [number, number], c: number, i: number, j: number) =>
  i < 0 || j < 0 || i >= h || j >= w ? 0 : (x[(c * h + i) * w + j] as number);

/** A 3 × 3 convolution by its definition. @param x `[C, H, W]` @param kernel `[M, C, 3, 3]` */
function convolved(
  x: ArrayLike<number>,
  size: readonly [number, number],
  kernel: ArrayLike<number>,
  bias?: ArrayLike<number>,
) {
  const [h, w] = size;
  const channels = x.length / (h * w);
  const outputs = kernel.length / (9 * channels);
  return Float64Array.from({ length: outputs * h * w }, (_, place) => {
    const [m, i, j] = [Math.floor(place / (h * w)), Math.floor(place / w) % h, place % w];
    let sum = Number(bias?.[m] ?? 0);
    for (let c = 0; c < channels; c++)
      for (let a = 0; a < 3; a++)
        for (let b = 0; b < 3; b++)
          sum +=
            Number(kernel[((m * channels + c) * 3 + a) * 3 + b]) * entry(x, size, c, i + a - 1, j + b - 1);
    return sum;
  });
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

describe("convolutional cells are their equations, place by place", () => {
  const [size, hidden] = [[3, 4] as const, 2];
  const area = size[0] * size[1];
  const place = (shape: readonly number[], seed: number) => ({ shape, data: [...numbers(shape, seed)] });
  const inputs = { x: place([1, 3, ...size], 1), z: place([1, 1, ...size], 2) };

  async function both(cell: ConvGru | ConvLstm) {
    const state = Object.fromEntries(
      Object.keys(cell.stateSizes).map((name, i) => [`state.${name}`, place([1, hidden, ...size], 3 + i)]),
    );
    const parameters = numbersFor(cell.parameters);
    const stepped = (given: Record<string, g.Tensor>) =>
      cell.step(
        plainNet((name) => given[name] as g.Tensor),
        { x: given["x"] as g.Tensor, z: given["z"] as g.Tensor },
        Object.fromEntries(
          Object.keys(cell.stateSizes).map((name) => [name, given[`state.${name}`] as g.Tensor]),
        ),
      ) as Record<string, g.Tensor>;
    const results = await runGraph({ ...inputs, ...state, ...parameters }, stepped, "float32");
    const data = (name: string) => parameters[name]?.data as number[];
    const fromX = convolved(inputs.x.data, size, data("c.x.weight"), data("c.bias"));
    const fromZ = convolved(inputs.z.data, size, data("c.z.weight"));
    const outside = fromX.map((value, i) => value + (fromZ[i] as number));
    const h = state["state.h"]?.data as number[];
    return {
      results,
      outside,
      within: convolved(h, size, data("c.h.weight"), data("c.h.bias")),
      h,
      c: state["state.c"]?.data,
    };
  }

  test("ConvGru", async () => {
    const { results, outside, within, h } = await both(new ConvGru("c", { x: 3, z: 1 }, hidden));
    for (let i = 0; i < hidden * area; i++) {
      const [r, u, n] = [0, 1, 2].map((gate) => gate * hidden * area + i) as [number, number, number];
      const reset = logistic((outside[r] as number) + (within[r] as number));
      const update = logistic((outside[u] as number) + (within[u] as number));
      const candidate = Math.tanh((outside[n] as number) + reset * (within[n] as number));
      expect(results["h"]?.[i]).toBeCloseTo((1 - update) * candidate + update * (h[i] as number), 5);
    }
  });

  test("ConvLstm", async () => {
    const { results, outside, within, c } = await both(new ConvLstm("c", { x: 3, z: 1 }, hidden));
    for (let i = 0; i < hidden * area; i++) {
      const [admit, forget, candidate, output] = [0, 1, 2, 3].map((gate) => {
        const at = gate * hidden * area + i;
        return (outside[at] as number) + (within[at] as number);
      }) as [number, number, number, number];
      const memory = logistic(forget) * (c?.[i] as number) + logistic(admit) * Math.tanh(candidate);
      expect(results["c"]?.[i]).toBeCloseTo(memory, 5);
      expect(results["h"]?.[i]).toBeCloseTo(logistic(output) * Math.tanh(memory), 5);
    }
  });
});

test("a convolution of several pictures is that of their channels joined", async () => {
  const layer = new JoinedConv2d("j", { a: 1, b: 2 }, 2, { kernel: 3, padding: 1 });
  const parameters = numbersFor(layer.parameters);
  const [a, b] = [numbers([1, 1, 4, 3], 1), numbers([1, 2, 4, 3], 2)];
  const given = { a: { shape: [1, 1, 4, 3], data: [...a] }, b: { shape: [1, 2, 4, 3], data: [...b] } };
  const y = await made({ ...given, ...parameters }, (net, tensors) => layer.apply(net, tensors));
  const [ofA, ofB] = ["a", "b"].map((name) => parameters[`j.${name}.weight`]?.data as number[]) as [
    number[],
    number[],
  ];
  const kernel = [0, 1].flatMap((m) => [...ofA.slice(9 * m, 9 * m + 9), ...ofB.slice(18 * m, 18 * m + 18)]);
  const expected = convolved([...a, ...b], [4, 3], kernel, parameters["j.bias"]?.data);
  for (const [i, value] of expected.entries()) expect(y[i]).toBeCloseTo(value, 5);
});

describe("stacks", () => {
  test("a residual block without its last kernel is what goes in", async () => {
    const block = new ResidualConvolution("b", 2);
    const x = numbers([1, 2, 3, 3], 4);
    const parameters = numbersFor(block.parameters);
    for (const name of ["b.1.weight", "b.1.bias"]) parameters[name]?.data.fill(0);
    const y = await made({ x: { shape: [1, 2, 3, 3], data: [...x] }, ...parameters }, (net, given) =>
      block.apply(net, given["x"] as g.Tensor),
    );
    expect([...y]).toEqual([...x]);
  });

  test("an encoder halves at each stage, and a decoder goes back by its maps, which it reads", async () => {
    const widths = [2, 3];
    const encoder = new PictureEncoder("e", 1, widths);
    const decoder = new PictureDecoder("d", widths, 3);
    const parameters = numbersFor([...encoder.parameters, ...decoder.parameters]);
    const picture = { x: { shape: [1, 1, 8, 4], data: [...numbers([32], 5)] } };
    const decoded = (change: number) =>
      made({ ...picture, ...parameters }, (net, { x }) => {
        const [large, small, ...others] = encoder.apply(net, x as g.Tensor) as [g.Tensor, g.Tensor];
        expect([large, small].map(({ shape }) => shape.slice(1))).toEqual([
          [2, 4, 2],
          [3, 2, 1],
        ]);
        expect(others).toEqual([]);
        return decoder.apply(net, small, [g.mul(large, change)]);
      });
    const [own, other] = [await decoded(1), await decoded(2)];
    expect(own).toHaveLength(3 * 8 * 4);
    expect([...own]).not.toEqual([...other]);
  });
});
