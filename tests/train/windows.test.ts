import { expect, test } from "vitest";
import type { Fields } from "../../src/data/fields.ts";
import { planBatches, wholeSpans } from "../../src/data/plan.ts";
import { memorySource, type Part } from "../../src/data/source.ts";
import { float32, type Values } from "../../src/runtime/runtime.ts";
import { overWindows } from "../../src/train/windows.ts";

const fields: Fields = { x: { kind: "label", role: "label", axis: "T", levels: [] } };
const sequences = [5, 11, 3, 8].map((length, i) => ({
  name: `${i}`,
  length,
  values: { x: Int32Array.from({ length }, (_, t) => 10 * i + t) },
}));
const numbers = (values: Values, name: string) => [...(values[name]!.data as Float32Array)];
const sumOf = ({ values }: Part) => (values["x"] as Int32Array).reduce((all, value) => all + value, 0);

test.each([
  [1, 1],
  [2, 4],
  [4, 3],
  [3, 100],
])(
  "in batches of %d and windows of %d a sum over the steps goes on where it stopped",
  async (batchSize, window) => {
    const source = memorySource(sequences, fields);
    const plan = planBatches(wholeSpans(sequences), { batchSize, window });
    let parts: readonly Part[] = [];
    const windows = overWindows({
      source,
      plan,
      begin: (rows) => [{ "state.sum": float32([rows], new Float32Array(rows)) }],
      feed: (batch) => {
        parts = batch.parts;
        return [{}];
      },
      run: async ([inputs]) => {
        const sums = numbers(inputs!, "state.sum").map((sum, b) => sum + sumOf(parts[b]!));
        return [{ "state.sum.next": float32([sums.length], Float32Array.from(sums)) }];
      },
    });
    const last = new Map<number, number>();
    for await (const { plan: batch, results } of windows)
      for (const [b, { i }] of batch.rows.entries()) last.set(i, numbers(results[0]!, "state.sum.next")[b]!);
    const whole = sequences.map(({ values }, i) => [i, values.x.reduce((all, value) => all + value, 0)]);
    expect([...last].sort(([a], [b]) => a - b)).toEqual(whole);
  },
);
