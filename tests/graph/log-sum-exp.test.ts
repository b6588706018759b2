/** log Σ exp(x) by its two lowerings: ONNX Runtime's kernel and vectorised pieces. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32 } from "../../src/runtime/runtime.ts";
import { readNodes } from "../onnx/read-model.ts";

const { NEGATIVE_INFINITY: none, POSITIVE_INFINITY: all } = Number;

/** Rows of terms, and log Σ exp of each by hand. */
const rows: readonly (readonly [readonly number[], number])[] = [
  [[0, 0, 0], Math.log(3)],
  [[1, 2, 3], Math.log(Math.E + Math.E ** 2 + Math.E ** 3)],
  [[1000, 1000, none], 1000 + Math.log(2)],
  [[-1000, -1001, -1002], -1000 + Math.log(1 + Math.exp(-1) + Math.exp(-2))],
  [[none, none, none], none],
  [[none, 5, none], 5],
  [[all, 1, none], all],
];
const shapes: Readonly<Record<string, readonly number[]>> = {
  ReduceLogSumExp: [rows.length, 3],
  ReduceSum: [1, rows.length, 3],
};

describe.each(Object.keys(shapes))("by %s", (op) => {
  const shape = shapes[op] as readonly number[];
  const x = g.input("x", shape);
  const y = g.logSumExp(x, [-1]);
  const [slope] = gradients(g.sum(g.where(g.isInf(y), 0, y)), [x]) as [g.Tensor];
  const program = lower({ y, slope });
  const run = async () => {
    const executable = await nodeRuntime().compile(program);
    const results = await executable.run({
      x: float32(shape, Float32Array.from(rows.flatMap(([row]) => row))),
    });
    await executable.dispose();
    return results;
  };

  test("it is lowered so", () => {
    expect(readNodes(lower({ y })).map((node) => node.op)).toContain(op);
  });

  test("in all ranges", async () => {
    const found = (await run())["y"]?.data as Float32Array;
    rows.forEach(([, expected], i) => {
      if (Number.isFinite(expected)) expect(Math.abs((found[i] as number) / expected - 1)).toBeLessThan(2e-7);
      else expect(found[i]).toBe(expected);
    });
  });

  test("the gradient is the softmax, and none where all is impossible", async () => {
    const found = (await run())["slope"]?.data as Float32Array;
    rows.forEach(([row, total], i) => {
      row.forEach((term, k) => {
        const share = Number.isFinite(total) ? Math.exp(term - total) : 0;
        // exp(x − y) is as exact as y, whose last digit counts 2⁻²³ of it.
        const exact = 2 ** -23 * Math.max(1, Number.isFinite(total) ? Math.abs(total) : 1);
        if (total !== all) expect(Math.abs((found[3 * i + k] as number) - share)).toBeLessThan(exact);
      });
    });
  });
});
