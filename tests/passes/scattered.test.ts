/** Gradients of what was picked at indices, added where they stand: no zeros as large as what was picked from. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish } from "../../src/passes/optimise.ts";
import { processorPasses } from "../../src/passes/processor.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type Values } from "../../src/runtime/runtime.ts";
import { someNumbers } from "../finite-differences.ts";
import { tensorsBelow } from "../graph/inspect.ts";

const words = 6;
const tokens = g.constant([1, 5, 5, 0], [2, 2], "int64");
const seen = g.constant([1, 0, 1, 0.5], [2, 2]);
const h = g.input("h", [2, 2, 3]);
const [table, weight] = [g.input("table", [words, 3]), g.input("weight", [3, 3])];

const picked = (logits: g.Tensor): g.Tensor =>
  g.sum(g.mul(g.squeeze(g.gatherAlong(g.logSoftmax(logits), g.unsqueeze(tokens, -1), -1), -1), seen));

/** Losses whose gradients hold picked entries or rows beside other terms. */
const losses: Readonly<Record<string, () => g.Tensor>> = {
  "log-probabilities of words": () => picked(g.matmul(h, table, { transposeB: true })),
  "words that are looked up and told by one table": () => {
    const x = g.tanh(g.matmul(g.add(h, g.gatherRows(table, tokens)), weight));
    return picked(g.matmul(x, table, { transposeB: true }));
  },
  "a table that is looked up twice and used as a whole": () => {
    const shifted = g.gatherRows(table, g.constant([0, 1, 2, 2], [2, 2], "int64"));
    const looked = g.mul(g.gatherRows(table, tokens), g.sin(shifted));
    return g.add(g.sum(g.mul(looked, h)), g.sum(g.square(table)));
  },
  "entries picked along one axis, of some rows alone": () => {
    const some = g.gatherAlong(g.logSoftmax(table), g.constant([2, 0], [1, 2], "int64"), 1);
    return g.sum(g.square(some));
  },
};

async function run(outputs: readonly g.Tensor[], feeds: Values): Promise<Values> {
  const named = Object.fromEntries(outputs.map((each, i) => [`y${i}`, each]));
  const executable = await nodeRuntime().compile(lower(named));
  const results = await executable.run(feeds);
  await executable.dispose();
  return results;
}

const numbers = (shape: readonly number[], seed: number) =>
  float32(
    shape,
    Float32Array.from(
      someNumbers(
        shape.reduce((a, b) => a * b),
        seed,
      ),
    ),
  );

describe.each(Object.keys(losses))("%s", (name) => {
  const loss = (losses[name] as () => g.Tensor)();
  const plain = gradients(loss, [h, table, weight]);
  const fast = finish(plain, processorPasses());

  test("the gradients are those of the graph as it was written, to rounding", async () => {
    const feeds = { h: numbers([2, 2, 3], 1), table: numbers([words, 3], 2), weight: numbers([3, 3], 3) };
    const [expected, found] = [await run(plain, feeds), await run(fast, feeds)];
    for (const [output, { data }] of Object.entries(expected))
      data.forEach((value, i) => {
        expect(Math.abs(Number(found[output]?.data[i]) - Number(value))).toBeLessThan(1e-6);
      });
  });
});

/** The ops of the gradient of the table whose results have some shape. */
const opsOf = (name: string, shape: readonly number[]): readonly string[] =>
  tensorsBelow(finish(gradients((losses[name] as () => g.Tensor)(), [table]), processorPasses()))
    .filter((each) => each.dtype === "float32" && `${each.shape}` === `${shape}`)
    .map(({ node }) => node.op.name);

test("the gradient of picked log-probabilities passes three times over what they were picked from", () => {
  const ops = ["matmul", "logSoftmax", "exp", "mul", "scatterAddAlong"];
  expect(opsOf("log-probabilities of words", [2, 2, words])).toEqual(ops);
});

test("rows of a tied table are added to the gradient of the words that were told", () => {
  const ops = opsOf("words that are looked up and told by one table", [words, 3]);
  expect(ops).toEqual(["input", "matmul", "scatterAddRows"]);
});
