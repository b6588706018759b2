import { expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { Embedding } from "../../src/nn/embedding.ts";
import { plainNet } from "../../src/nn/net.ts";
import { weightsByName } from "../../src/nn/weights.ts";
import { lower } from "../../src/onnx/lower.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue } from "../../src/runtime/runtime.ts";

const numbersOf = (value: TensorValue | undefined): readonly number[] =>
  Array.from(value?.data ?? [], Number);

test("rows by token, and logits by the same rows", async () => {
  const embedding = new Embedding("e", 3, 2);
  const table = g.input("e.weight", [3, 2]);
  const net = plainNet(weightsByName(embedding.parameters, [table]));
  const rows = embedding.rows(net, g.input("tokens", ["T", "B"], "int64"));
  const logits = embedding.logits(net, rows);
  expect(`${rows} ${logits}`).toBe("float32[T, B, 2] float32[T, B, 3]");
  const executable = await nodeRuntime().compile(lower({ rows, logits }));
  const results = await executable.run({
    "e.weight": float32([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6)),
    tokens: { dtype: "int64", shape: [2, 1], data: BigInt64Array.of(2n, 0n) },
  });
  await executable.dispose();
  expect(numbersOf(results["rows"])).toEqual([5, 6, 1, 2]);
  expect(numbersOf(results["logits"])).toEqual([17, 39, 61, 5, 11, 17]);
});
