import { expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { mul, sum, type Tensor } from "../../src/graph/index.ts";
import { LayerNorm } from "../../src/nn/layer-norm.ts";
import { plainNet } from "../../src/nn/net.ts";
import { runGraph } from "../fixtures/run-graph.ts";

const x = [
  [0.3, -1.2, 4, 0.5],
  [1e3, 1e3 + 1, 1e3 - 2, 1e3],
];
const gain = [1, 0.5, -2, 3];
const bias = [0, 1, 0.2, -0.4];
const cotangent = [0.7, -1, 0.4, 2, 1, 1, -3, 0.1];

/** Eq. 4 of Ba et al. (2016), a row at a time. */
function normalised(row: readonly number[]): number[] {
  const mean = row.reduce((all, value) => all + value) / row.length;
  const variance = row.reduce((all, value) => all + (value - mean) ** 2, 0) / row.length;
  return row.map((value, i) => (gain[i]! * (value - mean)) / Math.sqrt(variance + 1e-5) + bias[i]!);
}

const loss = (rows: readonly (readonly number[])[]) =>
  rows.flatMap(normalised).reduce((all, value, i) => all + value * cotangent[i]!, 0);

test("layer normalisation and its gradient are those of its definition", async () => {
  const norm = new LayerNorm("norm", 4);
  const tensors = {
    x: { shape: [2, 4], data: x.flat() },
    "norm.gain": { shape: [4], data: gain },
    "norm.bias": { shape: [4], data: bias },
    cotangent: { shape: [2, 4], data: cotangent },
  };
  const { y, slope } = await runGraph(tensors, (given) => {
    const values = norm.apply(
      plainNet((name) => given[name] as Tensor),
      given["x"] as Tensor,
    );
    const [dx] = gradients(sum(mul(values, given["cotangent"] as Tensor)), [given["x"] as Tensor]);
    return { y: values, slope: dx as Tensor };
  });
  x.flatMap(normalised).forEach((value, i) => {
    expect(y![i]).toBeCloseTo(value, 9);
  });
  x.flat().forEach((_, i) => {
    const moved = (by: number) =>
      loss(x.map((row, r) => row.map((value, c) => (4 * r + c === i ? value + by : value))));
    expect(slope![i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 5);
  });
});
