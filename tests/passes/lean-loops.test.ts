/** What a loop and the arithmetic around it look like after all passes; that values stay is `random-programs.test.ts`'s. */
import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { printGraph } from "../../src/graph/print.ts";
import { isScan } from "../../src/graph/scan.ts";
import { bodyNodes, nodesBelow } from "../../src/graph/traverse.ts";
import { GRU, LSTM } from "../../src/nn/cells.ts";
import { plainNet } from "../../src/nn/net.ts";
import { weightsByName } from "../../src/nn/weights.ts";
import { finish as finishFor } from "../../src/passes/optimise.ts";
import { processorPasses } from "../../src/passes/processor.ts";
import { scansBelow } from "../graph/inspect.ts";

const finish = (outputs: readonly g.Tensor[]): readonly g.Tensor[] => finishFor(outputs, processorPasses());

const hidden = 4;

/** The ops of a cell's loop. */
function loopOf(Cell: typeof GRU | typeof LSTM): readonly string[] {
  const cell = new Cell("cell", { x: 3 }, hidden);
  const tensors = cell.parameters.map(({ name, shape }) => g.input(name, shape));
  const net = plainNet(weightsByName(cell.parameters, tensors));
  const parts = Object.keys(cell.stateSizes).map((part) => [part, g.input(part, ["B", hidden])] as const);
  const { state } = g.scan({
    state: Object.fromEntries(parts) as Record<string, g.Tensor>,
    over: { x: g.input("x", ["T", "B", 3]) },
    step: (before: Readonly<Record<string, g.Tensor>>, x) => ({
      state: cell.step(net, x, before) as Record<string, g.Tensor>,
      outputs: {},
    }),
  });
  const [last] = finish([state["h"] as g.Tensor]);
  return scansBelow(last as g.Tensor)[0] as readonly string[];
}

const count = (ops: readonly string[], name: string): number => ops.filter((op) => op === name).length;

describe("a cell's loop", () => {
  test("of an LSTM: three products that take their addends and run their activations", () => {
    const ops = loopOf(LSTM);
    expect(count(ops, "gemm")).toBe(3);
    expect([count(ops, "add"), count(ops, "split"), count(ops, "matmul")]).toEqual([1, 1, 0]);
  });

  test("of a GRU: the gates' product and the candidate's", () => {
    const ops = loopOf(GRU);
    expect(count(ops, "gemm")).toBe(2);
    expect(count(ops, "split")).toBe(1); // reset and update gate, behind one sigmoid
  });
});

test("weights of a loop stand with a row for each output", () => {
  const [h, w] = [g.input("h", ["B", 3]), g.input("w", [3, 3])];
  const x = g.input("x", ["T", "B", 3]);
  const { state } = g.scan({
    state: { h },
    over: { x },
    step: ({ h: now }, { x: seen }) => ({ state: { h: g.add(g.matmul(now, w), seen) }, outputs: {} }),
  });
  expect(printGraph(finish([state.h]))).toMatch(/transpose\(w\)[\s\S]*scan[\s\S]*gemm\(.*transposeB=true/);
});

test("a chain of products is a chain of addends", () => {
  const [a, b, bias] = [g.input("a", ["B", 2]), g.input("b", ["B", 3]), g.input("bias", [4])];
  const sum = g.addAll([g.matmul(a, g.input("v", [2, 4])), g.matmul(b, g.input("w", [3, 4])), bias]);
  const ops = nodesBelow(finish([g.relu(sum)])).map(({ op }) => op.name);
  expect(ops.filter((op) => op !== "input")).toEqual(["gemm", "gemm", "relu"]);
});

test("what is a column outside meets values of its own shape in a loop", () => {
  const [h, gate] = [g.input("h", ["B", 3]), g.input("gate", ["T", "B", 1])];
  const { state } = g.scan({
    state: { h },
    over: { gate },
    step: ({ h: now }, slices) => ({ state: { h: g.sin(g.mul(now, slices.gate)) }, outputs: {} }),
  });
  const [loop] = nodesBelow(finish([state.h])).filter(isScan);
  const product = bodyNodes((loop as NonNullable<typeof loop>).attrs.body).find(
    ({ op }) => op.name === "mul",
  );
  expect(product?.inputs.map(String)).toEqual(["float32[B, 3]", "float32[B, 3]"]);
});

test("a column that meets a large value stays one: expanded it would not fit into memory that is near", () => {
  const [h, gate] = [g.input("h", ["B", 8000]), g.input("gate", ["T", "B", 1])];
  const { state } = g.scan({
    state: { h },
    over: { gate },
    step: ({ h: now }, slices) => ({ state: { h: g.sin(g.mul(now, slices.gate)) }, outputs: {} }),
  });
  expect(printGraph(finish([state.h]))).not.toMatch(/expand/);
});

const [x, y] = [g.input("x", ["T", "B", 3]), g.input("y", ["T", "B", 3])];

const simpler: Readonly<Record<string, readonly [before: g.Tensor, after: string]>> = {
  "x + (−y)": [g.add(x, g.neg(y)), "sub(x, y)"],
  "(−x) + y": [g.add(g.neg(x), y), "sub(y, x)"],
  "x − (−y)": [g.sub(x, g.neg(y)), "add(x, y)"],
  "−(x − y)": [g.neg(g.sub(x, y)), "sub(y, x)"],
  "−(−x)": [g.neg(g.neg(x)), ""],
  "y − (−x)·y": [g.sub(y, g.mul(g.neg(x), y)), "mul(x, y) add(y, %0)"],
  "y − (−n)·y": [g.sub(y, g.mul(g.neg(g.input("n", ["T", "B", 1])), y)), "neg(n) mul(%0, y) sub(y, %1)"],
  "the sum of sums": [g.sum(g.sum(x, [1]), [0]), "sum(x)"],
  "one number for all": [g.mul(x, g.expand(g.input("n", [1, 1, 1]), ["T", "B", 3])), "mul(x, n)"],
  "one row for all": [g.mul(x, g.expand(g.input("row", [3]), ["T", "B", 3])), "mul(x, row)"],
};

describe("arithmetic in fewer ops", () => {
  test.each(Object.entries(simpler))("%s", (_, [before, after]) => {
    const calls = [...printGraph(finish([before])).matchAll(/= (?!input)(\S+\(.*?\))/g)].map(
      ([, call]) => call,
    );
    expect(calls.join(" ")).toBe(after);
  });

  test("a sum that is asked for itself is read where it is, and not made again", () => {
    const perStep = g.sum(x, [1]);
    const ops = nodesBelow(finish([perStep, g.sum(perStep, [0])])).flatMap(({ op, inputs }) =>
      inputs.map((input) => `${op.name} ${input}`),
    );
    expect(ops).toEqual(["sum float32[T, B, 3]", "sum float32[T, 3]"]);
  });

  test("a number for each row is expanded still: kernels would take a run for each", () => {
    const [product] = finish([g.mul(x, g.expand(g.input("column", ["T", "B", 1]), ["T", "B", 3]))]);
    expect(product?.node.inputs.map(({ node }) => node.op.name)).toEqual(["input", "expand"]);
  });
});
