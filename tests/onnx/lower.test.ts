import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { VrnnError } from "../../src/errors.ts";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { TensorValue, Values } from "../../src/runtime/runtime.ts";

const value = (shape: readonly number[], data: readonly number[]): TensorValue => ({
  dtype: "float32",
  shape,
  data: Float32Array.from(data),
});

const numbersOf = (value: TensorValue | undefined): readonly number[] =>
  Array.from(value?.data ?? [], Number);

async function run(outputs: Record<string, g.Tensor>, feeds: Values): Promise<Values> {
  const executable = await nodeRuntime().compile(lower(outputs));
  const results = await executable.run(feeds);
  await executable.dispose();
  return results;
}

const codeOf = (build: () => unknown): string | undefined => {
  try {
    build();
  } catch (error) {
    return error instanceof VrnnError ? error.code : String(error);
  }
  return undefined;
};

describe("names", () => {
  for (const name of ["constant_0", "constant_1", "add_0", "add_1", "mul_0"]) {
    test(`an input may be called ${name}, as the lowering calls its own values`, async () => {
      const x = g.input(name, [2]);
      const [slope] = gradients(g.sum(g.mul(g.add(x, 1), g.add(x, 3))), [x]) as [g.Tensor];
      const { slope: found } = await run({ slope }, { [name]: value([2], [1, 2]) });
      expect([...((found as TensorValue).data as Float32Array)]).toEqual([6, 8]);
    });
  }

  test("two inputs of one name are refused", () => {
    const sum = g.add(g.input("x", [2]), g.input("x", [2]));
    expect(codeOf(() => lower({ sum }))).toBe("onnx/name");
  });

  test("two inputs of one name and different types are told apart", () => {
    const sum = g.add(g.input("x", [2]), g.sum(g.input("x", ["T", 2]), [0]));
    expect(() => lower({ sum })).toThrow("two inputs are called x: float32[2] and float32[T, 2]");
    const stored = { x: new Float32Array(2) };
    expect(codeOf(() => lower({ sum }, { stored }))).toBe("onnx/name");
  });

  test("an output that is called like an input is refused", () => {
    expect(codeOf(() => lower({ x: g.add(g.input("x", [2]), 1) }))).toBe("onnx/name");
  });
});

test("attributes that are no whole numbers arrive as they are", async () => {
  const x = g.input("x", [3]);
  const y = g.leakyRelu(x, 0.3);
  const [slope] = gradients(g.sum(y), [x]) as [g.Tensor];
  const results = await run({ y, slope }, { x: value([3], [-1, 0, 2]) });
  const third = Math.fround(0.3);
  expect(numbersOf(results["y"])).toEqual([-third, 0, 2]);
  expect(numbersOf(results["slope"])).toEqual([third, third, 1]);
});

describe("sizes known only at run time", () => {
  test("axes without entries keep their places", async () => {
    const x = g.input("x", ["T", "B", 2]);
    const y = g.reshape(g.exp(g.reshape(g.exp(x), ["B*T", 2])), ["B", "T", 2]);
    const results = await run({ y }, { x: value([3, 0, 2], []) });
    expect(results["y"]?.shape).toEqual([0, 3, 2]);
  });

  test("a sum inside a product is one size: 3·(B·T−1)", async () => {
    const x = g.input("x", ["T", "B", 2]);
    const rows = g.slice(g.flattenRows(x), 0, 1); // [B*T-1, 2]
    const y = g.flattenRows(g.expand(rows, [3, ...rows.shape]));
    const results = await run({ y }, { x: value([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]) });
    expect(results["y"]?.shape).toEqual([9, 2]);
  });

  test.each([
    ["longer", (x: g.Tensor) => g.pad(x, 0, 1, 0), 4],
    ["shorter", (x: g.Tensor) => g.slice(x, 0, 1), 2],
    ["longer than what is shorter", (x: g.Tensor) => g.pad(g.slice(x, 0, 0, -2), 0, 2, 1), 4],
    ["cut off whole", (x: g.Tensor) => g.slice(x, 0, 5), 0],
    ["longer than what is cut off whole", (x: g.Tensor) => g.pad(g.slice(x, 0, 5), 0, 2, 0), 2],
    [
      "as long as all that is longer, twice",
      (x: g.Tensor) => g.reshape(g.pad(g.concat([x, x]), 0, 1, 0), ["2*(T+1)", 2]),
      8,
    ],
  ])("an axis that is %s has its size by arithmetic where no value has it", async (_, make, size) => {
    const x = g.input("x", ["T", 2]);
    const y = g.expand(g.sum(x, [0]), make(x).shape); // what is made is not there, its shape is
    const results = await run({ y }, { x: value([3, 2], [1, 2, 3, 4, 5, 6]) });
    expect(results["y"]?.shape).toEqual([size, 2]);
    expect(numbersOf(results["y"])).toEqual(Array.from({ length: size }, () => [9, 12]).flat());
  });

  test("a size by arithmetic serves a loop, too", async () => {
    const x = g.input("x", ["T", 2]);
    const { outputs } = g.scan({
      state: { h: g.sum(x, [0]) },
      over: { x },
      step: ({ h }, slices) => ({
        state: { h: g.add(h, slices.x) },
        outputs: { rows: g.expand(slices.x, g.pad(x, 0, 1, 0).shape) },
      }),
    });
    const results = await run({ ...outputs }, { x: value([2, 2], [1, 2, 3, 4]) });
    expect(results["rows"]?.shape).toEqual([2, 3, 2]);
    expect(numbersOf(results["rows"])).toEqual([1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4]);
  });

  test("a size that no input has is an error", () => {
    const wide = g.expand(g.input("x", [1]), ["N"]);
    expect(codeOf(() => lower({ wide }))).toBe("onnx/dimension");
    const wider = g.expand(g.input("x", [1]), ["(N+1)"]);
    expect(codeOf(() => lower({ wider }))).toBe("onnx/dimension");
  });
});
