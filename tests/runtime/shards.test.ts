import { expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue, type Values } from "../../src/runtime/runtime.ts";

const shard = (...numbers: number[]): Values => ({
  x: float32([numbers.length], Float32Array.from(numbers)),
});

test("a run that fails on every shard fails once, and the next run gets its own replies", async () => {
  const product = lower({ y: g.mul(g.input("x", ["B"]), g.input("w", [1])) });
  const executable = await nodeRuntime().compileShards(product, 3);
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  await expect(executable.run({}, [shard(1), shard(2), shard(3)])).rejects.toThrow(/the input w is missing/);
  const shared = { w: float32([1], Float32Array.of(10)) };
  const results = await executable.run(shared, [shard(1), shard(2, 3), shard(4)]);
  expect(results.map(({ y }) => [...((y as TensorValue).data as Float32Array)])).toEqual([
    [10],
    [20, 30],
    [40],
  ]);
  process.off("unhandledRejection", note);
  await executable.dispose();
  expect(unhandled).toEqual([]);
});
