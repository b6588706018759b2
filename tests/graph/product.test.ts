/** Products of two matrices, AᵀB of many rows above all, against sums written out. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue, type Values } from "../../src/runtime/runtime.ts";
import { someNumbers } from "../finite-differences.ts";
import { readNodes } from "../onnx/read-model.ts";

const [steps, lanes] = [3, 5];
const rows = steps * lanes;

const numbers = (count: number, seed: number): Float32Array => Float32Array.from(someNumbers(count, seed));

/** AᵀB by its definition, in float64; the addend is one row. */
function expected(a: Float32Array, b: Float32Array, addend?: Float32Array, inner = rows): Float64Array {
  const [left, right] = [a.length / inner, b.length / inner];
  const result = Float64Array.from({ length: left * right }, (_, i) => addend?.[i % right] ?? 0);
  for (let r = 0; r < inner; r++)
    for (let i = 0; i < left; i++)
      for (let j = 0; j < right; j++)
        result[i * right + j]! += (a[r * left + i] as number) * (b[r * right + j] as number);
  return result;
}

async function run(outputs: Readonly<Record<string, g.Tensor>>, feeds: Values): Promise<Values> {
  const executable = await nodeRuntime().compile(lower(outputs));
  const results = await executable.run(feeds);
  await executable.dispose();
  return results;
}

const worst = (found: TensorValue | undefined, expected: Float64Array): number =>
  expected.reduce((most, value, i) => Math.max(most, Math.abs(Number(found?.data[i]) - value)), 0);

/** Columns of A and of B, and the operators that AᵀB is written in. */
const forms: readonly (readonly [left: number, right: number, operators: readonly string[]])[] = [
  [7, 40, ["Gemm"]],
  [383, 383, ["Gemm"]],
  [1, 384, ["Transpose", "MatMul"]],
  [20, 513, ["Transpose", "MatMul"]],
  [384, 384, ["Transpose", "MatMul"]],
  [385, 256, ["Transpose", "MatMul", "Transpose"]],
  [500, 255, ["Gemm"]],
];

describe.each(forms)("AᵀB of %i and %i columns", (left, right, operators) => {
  const [a, b] = [g.input("a", ["T", "B", left]), g.input("b", ["T", "B", right])];
  const product = g.matmul(g.flattenRows(a), g.flattenRows(b), { transposeA: true });
  const [dataA, dataB, dataC] = [numbers(left * rows, 1), numbers(right * rows, 2), numbers(right, 3)];
  const feeds = { a: float32([steps, lanes, left], dataA), b: float32([steps, lanes, right], dataB) };

  test(`is written as ${operators.join(", ")}`, () => {
    const written = readNodes(lower({ product })).map(({ op }) => op);
    expect(written.filter((op) => /Gemm|MatMul|Transpose/.test(op))).toEqual(operators);
  });

  test("is the sum over rows, with an addend and without", async () => {
    const [both] = finish([g.add(product, g.input("c", [right]))]) as [g.Tensor];
    const plain = await run({ product }, feeds);
    const biased = await run({ both }, { ...feeds, c: float32([right], dataC) });
    expect(worst(plain["product"], expected(dataA, dataB))).toBeLessThan(1e-5);
    expect(worst(biased["both"], expected(dataA, dataB, dataC))).toBeLessThan(1e-5);
  });
});

test("few rows of wide columns are left to the kernel: turning the result back would cost more", () => {
  const forms = [["B"], [511], [512], ["T", "B"]].map((rows) => {
    const [a, b] = [g.input("a", [...rows, 400]), g.input("b", [...rows, 300])];
    const product = g.matmul(g.flattenRows(a), g.flattenRows(b), { transposeA: true });
    return readNodes(lower({ product })).some(({ op }) => op === "Gemm");
  });
  expect(forms).toEqual([true, true, false, false]);
});

test("the gradient of a wide layer's weight is such a product", async () => {
  const [x, w] = [g.input("x", ["T", "B", 12]), g.input("w", [12, 400])];
  const weights = g.input("g", ["T", "B", 400]);
  const [slope] = gradients(g.sum(g.mul(g.matmul(x, w), weights)), [w]) as [g.Tensor];
  const [dataX, dataG] = [numbers(12 * rows, 1), numbers(400 * rows, 2)];
  const feeds = { x: float32([steps, lanes, 12], dataX), g: float32([steps, lanes, 400], dataG) };
  expect(readNodes(lower({ slope })).map(({ op }) => op)).not.toContain("Gemm");
  const found = await run({ slope }, feeds);
  expect(worst(found["slope"], expected(dataX, dataG))).toBeLessThan(1e-5);
});

describe.each([
  [767, ["Gemm"]],
  [768, ["MatMul", "Add"]],
] as const)("a layer of %i columns for all steps", (width, operators) => {
  const [x, w, bias] = [g.input("x", ["T", "B", 4]), g.input("w", [4, width]), g.input("bias", [width])];
  const [y] = finish([g.add(g.matmul(x, w), bias)]) as [g.Tensor];

  test(`is ${operators.join(" and ")}`, () => {
    const written = readNodes(lower({ y })).map(({ op }) => op);
    expect(written.filter((op) => /Gemm|MatMul|Add/.test(op))).toEqual(operators);
  });

  test("is x·W + b", async () => {
    const [dataX, dataW, dataB] = [numbers(4 * rows, 1), numbers(4 * width, 2), numbers(width, 3)];
    const columns = Float32Array.from(
      { length: 4 * rows },
      (_, i) => dataX[(i % rows) * 4 + Math.floor(i / rows)]!,
    );
    const feeds = {
      x: float32([steps, lanes, 4], dataX),
      w: float32([4, width], dataW),
      bias: float32([width], dataB),
    };
    const found = await run({ y }, feeds);
    expect(found["y"]?.shape).toEqual([steps, lanes, width]);
    expect(worst(found["y"], expected(columns, dataW, dataB, 4))).toBeLessThan(1e-5);
  });
});
