import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as g from "../../src/graph/index.ts";
import { AdditiveAttention, withinLengths } from "../../src/nn/attention.ts";
import { plainNet } from "../../src/nn/net.ts";
import { weightsByName } from "../../src/nn/weights.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { TensorValue, Values } from "../../src/runtime/runtime.ts";
import { gradientError, someNumbers } from "../finite-differences.ts";
import { scansBelow } from "../graph/inspect.ts";

const [batch, places, width, asking, hidden] = [3, 4, 2, 3, 5];
const attention = new AdditiveAttention("a", { query: asking, memory: width }, hidden);
const parameterShapes = attention.parameters.map(({ shape }) => shape);
const memoryShape = [batch, places, width];
const lengths = [4, 2, 0];

const value = (shape: readonly number[], seed: number): TensorValue => ({
  dtype: "float64",
  shape,
  data: someNumbers(
    shape.reduce((all, size) => all * size, 1),
    seed,
  ),
});
const numbersOf = (tensor: TensorValue | undefined): readonly number[] =>
  Array.from(tensor?.data ?? [], Number);

const symbols = () => attention.parameters.map(({ name, shape }) => g.input(name, shape, "float64"));
const given = (): Values =>
  Object.fromEntries(attention.parameters.map(({ name, shape }, i) => [name, value(shape, i + 5)]));

async function run(outputs: Readonly<Record<string, g.Tensor>>, feeds: Values): Promise<Values> {
  const executable = await nodeRuntime().compile(lower(outputs));
  const results = await executable.run(feeds);
  await executable.dispose();
  return results;
}

const feeds: Values = {
  ...given(),
  query: value([batch, asking], 1),
  memory: value(memoryShape, 2),
  lengths: { dtype: "int64", shape: [batch], data: BigInt64Array.from(lengths, BigInt) },
};

function read() {
  const memory = g.input("memory", ["B", "S", width], "float64");
  const query = g.input("query", ["B", asking], "float64");
  const net = plainNet(weightsByName(attention.parameters, symbols()));
  const present = withinLengths(g.input("lengths", ["B"], "int64"), "S");
  const attended = attention.read(net, query, attention.prepare(net, memory, present));
  return { memory, query, ...attended };
}

/** Shares and contexts by their definition, row by row. */
function defined(): { shares: number[]; context: number[] } {
  const at = (name: string, ...place: readonly [number, number][]) =>
    Number(feeds[name]?.data[place.reduce((all, [index, size]) => all * size + index, 0)]);
  const range = (size: number) => [...Array(size).keys()];
  const total = (values: readonly number[]) => values.reduce((all, each) => all + each, 0);
  const rows = range(batch).map((b) => {
    const scores = range(places).map((s) =>
      total(
        range(hidden).map((k) => {
          const asked = range(asking).map(
            (q) => at("query", [b, 1], [q, asking]) * at("a.query.weight", [q, 1], [k, hidden]),
          );
          const key = range(width).map(
            (e) => at("memory", [b, 1], [s, places], [e, width]) * at("a.memory.weight", [e, 1], [k, hidden]),
          );
          return (
            Math.tanh(total(asked) + total(key) + at("a.memory.bias", [k, 1])) * at("a.score.weight", [k, 1])
          );
        }),
      ),
    );
    const length = lengths[b] as number;
    const weights = scores.map((score, s) => (length === 0 ? 1 : s < length ? Math.exp(score) : 0));
    const shares = weights.map((weight) => weight / total(weights));
    const context = range(width).map((e) =>
      total(shares.map((share, s) => share * at("memory", [b, 1], [s, places], [e, width]))),
    );
    return { shares, context };
  });
  return { shares: rows.flatMap(({ shares }) => shares), context: rows.flatMap(({ context }) => context) };
}

describe("additive attention", () => {
  test("is its definition: nothing beyond the lengths, all alike where nothing is to attend", async () => {
    const { context, shares } = read();
    expect(`${context} ${shares}`).toBe(`float64[B, ${width}] float64[B, S]`);
    const found = await run({ context, shares }, feeds);
    const expected = defined();
    for (const part of ["shares", "context"] as const) {
      const numbers = numbersOf(found[part]);
      expect(numbers).toHaveLength(expected[part].length);
      expected[part].forEach((number, i) => void expect(numbers[i]).toBeCloseTo(number, 12));
    }
    expect(numbersOf(found["shares"]).slice(6, 8)).toEqual([0, 0]);
    expect(numbersOf(found["shares"]).slice(8)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test("gradients agree with finite differences, with and without lengths", async () => {
    for (const masked of [true, false]) {
      const error = await gradientError({
        shapes: [[batch, asking], memoryShape, ...parameterShapes],
        build: (query, memory, ...tensors) => {
          const net = plainNet(weightsByName(attention.parameters, tensors));
          const present = withinLengths(g.constant(lengths, [batch], "int64"), places);
          const prepared = attention.prepare(net, memory as g.Tensor, masked ? present : undefined);
          const { context, shares } = attention.read(net, query as g.Tensor, prepared);
          return g.concat([context, shares]);
        },
      });
      expect(error).toBeLessThan(1e-6);
    }
  });

  test("what lies beyond the lengths gets no gradient", async () => {
    const { context, memory } = read();
    const [slope] = gradients(g.sum(g.square(context)), [memory]) as [g.Tensor];
    const { slope: found } = await run({ slope }, feeds);
    expect(numbersOf(found).slice(places * width + 2 * width, 2 * places * width)).toEqual([0, 0, 0, 0]);
  });

  test("many queries read one memory", async () => {
    const memory = g.input("memory", ["B", 1, "S", width], "float64");
    const queries = g.input("queries", ["B", "N", asking], "float64");
    const net = plainNet(weightsByName(attention.parameters, symbols()));
    const { context } = attention.read(net, queries, attention.prepare(net, memory));
    expect(context.toString()).toBe(`float64[B, N, ${width}]`);
    const found = await run(
      { context },
      { ...given(), memory: value([batch, 1, places, width], 2), queries: value([batch, 2, asking], 1) },
    );
    expect(found["context"]?.shape).toEqual([batch, 2, width]);
    expect(numbersOf(found["context"]).every(Number.isFinite)).toBe(true);
  });

  test("in a decoder's loop nothing is computed that the query does not change", () => {
    const net = plainNet(weightsByName(attention.parameters, symbols()));
    const encoded = g.input("memory", ["B", "S", width], "float64");
    const memory = attention.prepare(net, encoded, withinLengths(g.input("lengths", ["B"], "int64"), "S"));
    const { outputs } = g.scan({
      state: { h: g.input("h", ["B", asking], "float64") },
      over: { x: g.input("x", ["T", "B", asking], "float64") },
      step: ({ h }, { x }) => {
        const { context } = attention.read(net, h, memory);
        const next = g.tanh(g.add(x, g.matmul(context, g.input("w", [width, asking], "float64"))));
        return { state: { h: next }, outputs: { context } };
      },
    });
    const [loop] = scansBelow(finish([outputs.context])[0] as g.Tensor);
    // The query's product, its comparison with the keys, the scores, the shares, the context and what it does to h.
    expect(loop?.filter((op) => op !== "reshape")).toEqual([
      "matmul",
      "add",
      "tanh",
      "matmul",
      "where",
      "softmax",
      "matmul",
      "gemm",
      "tanh",
    ]);
  });
});
